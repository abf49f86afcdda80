"""The words that the worst passwords are made of.

How the list was made: what people type when they are asked for a password and do not want to be. That is the word
itself and the ways to greet or command; neighbours on the keyboard; names of people, animals, sports, teams, cars,
places, days, months, seasons and colours; what is loved or believed; heroes and games; and what lies on the table in a
restaurant's office. One word stands for every spelling of it: `passwords.py` reads capitals, digits in the place of
letters (p4ssw0rd), years and marks at either end, and words put together or repeated, so these few hundred refuse many
thousands.
"""

_WORDS = """
password passwort passwords passphrase passcode motdepasse contrasena parola senha pass word secret secure security
login logon signin welcome willkommen bienvenue hello hallo letmein open sesame opensesame enter access admin
administrator root user guest test testing tester default changeme change temp temporary master system computer
internet server database desktop windows office service support please iloveyou love lover loveme forever always
trustno nothing nobody whatever something anything none null demo sample example qwerty qwertz azerty qwertyuiop
qwertzuiop asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm yxcvbnm qazwsx qaz wsx edc poiuytrewq lkjhgfdsa mnbvcxz abc
abcd abcde abcdef abcdefg abcdefgh xyz aaa michael jennifer jordan michelle daniel thomas robert charlie andrew
ashley jessica joshua matthew anthony amanda nicole jasmine maria mario marco anna hannah sophie sophia emma olivia
oliver lucas luca peter martin martina george william richard david john james joseph alexander alexandra andrea
stefan julia laura sarah chris christian steven samantha elizabeth victoria monkey dragon tiger lion panda eagle
falcon wolf bear horse shark dolphin butterfly bailey buddy buster max bella kitty puppy chicken cat dog cheese
banana orange apple cherry peach pepper ginger cookie chocolate sugar honey coffee football fussball soccer baseball
basketball hockey tennis golf rugby runner ferrari porsche mercedes corvette mustang harley yamaha honda toyota audi
bmw arsenal chelsea liverpool barcelona madrid juventus milan manchester united yankees cowboys lakers steelers
eagles rangers london paris berlin roma rome newyork chicago dallas texas boston america canada france germany italy
italia spain monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december spring summer autumn winter sunshine rainbow flower sunflower red blue
green yellow purple pink black white silver golden gold diamond jesus christ god angel angels heaven blessed faith
grace hope peace freedom happy lucky superman batman spiderman ironman starwars pokemon pikachu naruto minecraft
fortnite matrix ninja samurai shadow killer hunter warrior phantom wizard magic merlin princess prince queen king
baby babygirl sweetheart money dollar cash business company boss manager chef cook kitchen restaurant pizza pasta
pizzeria trattoria ristorante bistro bar cafe menu waiter staff counter inventory stock order orders food recipe
till
"""

WEAK_WORDS = frozenset(_WORDS.split())

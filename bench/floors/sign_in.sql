-- The verifier of a person; beside it the floor connects once and reckons one bcrypt of the same cost.
SELECT u.id, u.bcrypt_salt, u.password FROM public.users u WHERE u.email = %(login)s

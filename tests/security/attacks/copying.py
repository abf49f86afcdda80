"""COPY as a client speaks it."""

import psycopg

from tests.security.attack import Answer, Doing
from tests.security.ground import Ground


def copied(what: str) -> Doing:
    """COPY … TO STDOUT; answers the rows that came."""

    def out(ground: Ground, who: str) -> Answer:
        try:
            with ground.line(who).cursor().copy(f"COPY {ground.fill(what)} TO STDOUT".encode()) as copy:
                return Answer(rows=tuple((bytes(row),) for row in copy))
        except psycopg.Error as error:
            return Answer.of(error)

    return out


def copied_in(table: str, line: str) -> Doing:
    """COPY … FROM STDIN, rolled back."""

    def come(ground: Ground, who: str) -> Answer:
        connection = ground.line(who)
        connection.execute("BEGIN")
        try:
            with connection.cursor().copy(f"COPY {ground.fill(table)} FROM STDIN".encode()) as copy:
                copy.write(ground.fill(line))
            return Answer(count=1)
        except psycopg.Error as error:
            return Answer.of(error)
        finally:
            connection.execute("ROLLBACK")

    return come

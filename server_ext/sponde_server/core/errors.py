"""Every way a request can fail, and what the person can do about it.

SpondeError              500 internal
├─ Invalid               400 the request does not fit (every decoding failure too)
├─ Forbidden             403 not allowed here
├─ NotFound              404 no such thing
├─ Conflict              409 the thing is in the wrong state
├─ TooLarge              413 over a configured limit
├─ TooMany               429 a limit or budget is used up for now
├─ UpstreamFailed        502 a provider answered badly
└─ Unavailable           503 a part we need is not running

Slices raise these with two sentences: `message` says what is wrong, with the value; `hint` says
the way out. Does not know HTTP beyond the number; core/http.py maps it.
"""


class SpondeError(Exception):
    """Something went wrong that a person should read about."""

    status = 500
    code = "internal"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def body(self) -> dict[str, str]:
        """Give the three fields that every error body and every failed stream carries."""
        return {"message": self.message, "code": self.code, "hint": self.hint}


class Invalid(SpondeError):
    """The request does not fit."""

    status = 400
    code = "invalid"


class Forbidden(SpondeError):
    """Not allowed here."""

    status = 403
    code = "forbidden"


class NotFound(SpondeError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Conflict(SpondeError):
    """The thing is in the wrong state for this."""

    status = 409
    code = "conflict"


class TooLarge(SpondeError):
    """Over a configured limit; the message says which, and the value."""

    status = 413
    code = "too_large"


class TooMany(SpondeError):
    """A limit or a budget is used up; the hint says until when."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, hint: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after
        """Seconds after which asking again makes sense; 0 where nobody knows."""


class UpstreamFailed(SpondeError):
    """A provider answered badly."""

    status = 502
    code = "upstream_failed"


class Unavailable(SpondeError):
    """A part that is needed is not running."""

    status = 503
    code = "unavailable"

"""A call of each operation on the caller's own account, that would be accepted."""

from collections.abc import Callable
from typing import Any

from models.enums import ConsentSubject
from resolvers.inputs.account import (
    AccountDelete,
    AuthLogin,
    AuthRefresh,
    AuthVerifyTwoFactor,
    ConsentGive,
    EmailVerify,
    PasswordChange,
    PasswordResetInput,
    PasswordResetRequest,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
    UserUpdate,
)
from tests.denials.world import Ids
from tests.resolvers.lab import PASSWORD, PICTURE

ACCOUNT: dict[str, Callable[[Ids], tuple[Any, ...]]] = {
    "authLogin": lambda _: (AuthLogin(email="nobody@example.com", password=PASSWORD),),
    "authLogout": lambda _: (),
    "authRefresh": lambda _: (AuthRefresh(refresh_token="nothing"),),
    "viewer": lambda _: (),
    "me": lambda _: (),
    "whoami": lambda _: (),
    "userUpdate": lambda _: (UserUpdate(name="Other"),),
    "passwordChange": lambda _: (PasswordChange(current_password=PASSWORD, new_password="another password"),),
    "accountDelete": lambda _: (AccountDelete(password=PASSWORD),),
    "accountExport": lambda _: (),
    "consentGive": lambda _: (ConsentGive(subject=ConsentSubject.TERMS, version="1"),),
    "consents": lambda _: (),
    "userAvatar": lambda ids: (ids["user"],),
    "userAvatarSet": lambda _: (PICTURE,),
    "userAvatarRemove": lambda _: (),
    "sessions": lambda _: (),
    "sessionRevoke": lambda ids: (ids["session"],),
    "sessionRevokeOthers": lambda _: (),
    "emailVerificationSend": lambda _: (),
    "emailVerify": lambda _: (EmailVerify(token="nothing"),),
    "passwordResetRequest": lambda _: (PasswordResetRequest(email="nobody@example.com"),),
    "passwordReset": lambda _: (PasswordResetInput(token="nothing", new_password="another password"),),
    "twoFactorBegin": lambda _: (TwoFactorBegin(password=PASSWORD),),
    "twoFactorConfirm": lambda _: (TwoFactorConfirm(code="123456"),),
    "twoFactorRecoveryCodesRenew": lambda _: (TwoFactorProof(password=PASSWORD, code="123456"),),
    "twoFactorDisable": lambda _: (TwoFactorProof(password=PASSWORD, code="123456"),),
    "authVerifyTwoFactor": lambda _: (AuthVerifyTwoFactor(temporary_token="nothing", code="123456"),),
}

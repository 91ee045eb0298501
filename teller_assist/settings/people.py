"""Settings about people, all of them the branch server's; part of the list in ``settings.schema``."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.settings.declaring import setting


@dataclass(frozen=True)
class SignOnSettings:
    """How tellers are known where they sign on; counts at the branch server."""

    offline_days: int = setting(
        7,
        minimum=0,
        maximum=30,
        unit="days",
        zh="服务器连不上时，柜员凭上次登录还能在同一台柜台登录的天数；0为不能",
        en="how long a teller can sign on at the same station while the branch server is away; 0: not at all",
    )


@dataclass(frozen=True)
class ProviderSettings:
    """The bank's own sign-in provider for the branch server's pages; counts at the server. Its secret is no setting."""

    issuer: str = setting(
        "",
        zh="统一身份认证（OpenID Connect）的签发地址；留空则不使用",
        en="issuer of the OpenID Connect provider; empty: none is used",
    )
    client_id: str = setting("", zh="本服务器在该处登记的客户端标识", en="this server's client id there")
    own_url: str = setting(
        "", zh="浏览器访问本服务器的地址，例如 https://branch:8443", en="where browsers reach this server: https://branch:8443"
    )
    login_claim: str = setting(
        "preferred_username", zh="哪一项声明是本系统的用户名", en="claim that holds the login of this system"
    )
    secret_place: str = setting(
        "keyring",
        choices=("keyring", "file", "environment"),
        zh="客户端密钥存放处：系统密钥库、数据文件夹内的密钥文件，或环境变量",
        en="where the client secret is: the system's keyring, a key file in the data folder, or an environment variable",
    )
    ca_file: str = setting(
        "",
        zh="签发其证书的机构证书（PEM）；留空则用公共机构",
        en="certificates of who issued the provider's, PEM; empty: public ones",
    )

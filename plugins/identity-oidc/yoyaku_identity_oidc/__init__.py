"""OpenID Connect: authorization code with PKCE and private_key_jwt."""

from yoyaku_identity_oidc.plugin import OidcPlugin, plugin
from yoyaku_identity_oidc.settings import OidcSettings

__all__ = ["OidcPlugin", "OidcSettings", "plugin"]

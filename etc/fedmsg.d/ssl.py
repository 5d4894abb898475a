# Signatures tell who sent a message; the routing policy tells who may send what.
#
# Turn them on in this order, or messages get lost on the way:
#   1. Make an authority and a certificate for each SERVICE.HOST: `fedmsg certs init-ca`, `fedmsg certs issue`. Bring
#      the certificates and keys to ssldir on their hosts, the authority's ca.crt to all hosts, and fill in certnames.
#   2. sign_messages=True on the hosts that publish. `fedmsg tail --validate` shows which messages are signed by now.
#   3. validate_signatures=True where messages are received, once all of them are.
#   4. Fill in routing_policy, so that the wiki's certificate cannot announce a release.

config = dict(
    sign_messages=False,
    validate_signatures=False,

    # x509 is certificates as described above, gpg is GnuPG. What is accepted can be more than what is made.
    crypto_backend="x509",
    crypto_validate_backends=["x509"],

    # With gpg: the folder of GnuPG, and for each host its key. Every key in that folder is trusted, and routing_policy
    # does not apply.
    #gpg_home="/etc/fedmsg-gpg",
    #gpg_keys={"app01": "FBDA92E4338DFFD9EB83F6F92F1E23E0A4A3F2D1"},

    # Certificates (NAME.crt) and keys (NAME.key). A key should be readable by its service and nobody else.
    ssldir="/etc/pki/fedmsg",

    # The authority's certificate, and its list of certificates that were revoked: a file, or an https:// address whose
    # content is kept in the cache file. Expiry is in seconds; 0 means never.
    ca_cert_location="/etc/pki/fedmsg/ca.crt",
    ca_cert_cache=None,
    ca_cert_cache_expiry=0,
    crl_location=None,
    crl_cache=None,
    crl_cache_expiry=60 * 60,

    # Which certificate a service signs with: SERVICE.HOST, and the name of its files in ssldir.
    certnames={
        #"bodhi.app01": "bodhi-app01.example.org",
        #"shell.app01": "shell-app01.example.org",
    },

    # Which certificates may sign a topic. A topic that is not here may come from anybody with a certificate ...
    routing_policy={
        #"org.fedoraproject.prod.bodhi.update.request.stable": ["bodhi-app01.example.org"],
    },

    # ... unless this is True: then only topics that are here are accepted.
    routing_nitpicky=False,
)

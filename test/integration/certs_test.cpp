/// fedmsg certs, held against fedmsg verify, OpenSSL and Python's cryptography.
#include "support/files.h"
#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Certs : public testing::Test {
  protected:
    Finished certs(std::vector<std::string> words) const {
        words.insert(words.begin(), "certs");
        return fedmsg_with_config(std::move(words));
    }
    Finished fedmsg_with_config(std::vector<std::string> words, std::string_view input = "") const {
        words.insert(words.end(), {"--config-filename", config});
        return run(fedmsg(std::move(words)), input);
    }
    /// An authority with a certificate for shell on app01.
    void issue_one() const {
        ASSERT_EQ(certs({"init-ca", "--org", "Example"}).status, 0);
        const auto result = certs({"issue", "shell.app01.example.org"});
        ASSERT_EQ(result.status, 0) << result.errors;
    }
    std::string path(const std::string& name) const { return (folder / "pki").string() + "/" + name; }
    std::string text(const std::string& name) const { return read_file(path(name)); }
    mode_t mode(const std::string& name) const {
        struct stat s {};
        EXPECT_EQ(::stat(path(name).c_str(), &s), 0) << name;
        return s.st_mode & 07777U;
    }
    /// All files of the authority and what is in them.
    std::map<std::string, std::string> everything() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::directory_iterator{folder / "pki"})
            files[entry.path().filename().string()] = read_file(entry.path());
        return files;
    }
    Finished shell_in_pki(const std::string& script) const {
        return run(shell("cd " + (folder / "pki").string() + " && " + script));
    }
    /// The lines of `fedmsg certs check` that are not fine; its status says the same.
    std::vector<std::string> problems() const {
        const auto result = certs({"check"});
        std::vector<std::string> lines;
        for (const auto& line : lines_of(result.output))
            if (!line.starts_with("ok: ")) lines.push_back(line);
        EXPECT_EQ(result.status, lines.empty() ? 0 : 1) << result.errors;
        EXPECT_EQ(result.errors, "");
        return lines;
    }
    /// The verdict of fedmsg verify: "valid", "revoked".
    std::string reason(const std::string& message) const {
        const auto result = fedmsg_with_config({"verify"}, message);
        return text_at(parse_json(result.output).root(), "reason");
    }
    std::string signed_message() const {
        const auto result = fedmsg_with_config({"sign", "--certname", "shell-app01.example.org"},
                                               R"({"topic": "org.example.dev.test.hello", "msg": {}})");
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.output;
    }

    TemporaryFolder folder;
    const std::string config = folder.write(
        "ssl.json",
        R"({"ssldir": ")" + path("") + R"(", "ca_cert_location": ")" + path("ca.crt") +
            R"(", "crl_location": ")" + path("crl.pem") +
            R"(", "routing_policy": {"org.example.dev.test.hello": ["shell-app01.example.org"]}})");
};

TEST_F(Certs, SignWhatVerifyTakesUntilTheyAreRevoked) {
    issue_one();
    const auto message = signed_message();
    EXPECT_EQ(reason(message), "valid");
    const auto revoked = certs({"revoke", "shell.app01.example.org"});
    EXPECT_EQ(revoked.status, 0) << revoked.errors;
    EXPECT_THAT(revoked.output, HasSubstr("revoked shell-app01.example.org"));
    EXPECT_EQ(reason(message), "revoked");
    EXPECT_EQ(certs({"crl"}).status, 0);
    EXPECT_EQ(reason(message), "revoked");  // for good
    ASSERT_EQ(certs({"issue", "--force", "shell.app01.example.org"}).status, 0);
    EXPECT_EQ(reason(signed_message()), "valid");
    EXPECT_EQ(reason(message), "revoked");
}

TEST_F(Certs, KeepKeysToTheirOwner) {
    issue_one();
    EXPECT_EQ(mode("ca.key"), 0600U);
    EXPECT_EQ(mode("shell-app01.example.org.key"), 0600U);
    for (const auto* name : {"ca.crt", "crl.pem", "index.txt", "shell-app01.example.org.crt"})
        EXPECT_EQ(mode(name), 0644U) << name;
}

TEST_F(Certs, SayWhatToAddToWhichFile) {
    ASSERT_EQ(certs({"init-ca"}).status, 0);
    const auto result = certs({"issue", "shell.app01.example.org", "git.app02.example.org"});
    EXPECT_THAT(result.output, HasSubstr("# add to certnames in " + config +
                                         ":\n    \"shell.app01\": \"shell-app01.example.org\",\n"
                                         "    \"git.app02\": \"git-app02.example.org\",\n"));
    EXPECT_EQ(result.errors, "");
}

TEST_F(Certs, AreAcceptedByOpenssl) {
    issue_one();
    const std::string verify =
        "openssl verify -x509_strict -CAfile ca.crt -CRLfile crl.pem -crl_check shell-app01.example.org.crt";
    EXPECT_EQ(shell_in_pki(verify).output, "shell-app01.example.org.crt: OK\n");
    ASSERT_EQ(certs({"revoke", "shell-app01.example.org"}).status, 0);
    EXPECT_THAT(shell_in_pki(verify).errors, HasSubstr("certificate revoked"));
    EXPECT_THAT(shell_in_pki("openssl crl -in crl.pem -CAfile ca.crt -noout").errors, HasSubstr("verify OK"));
}

TEST_F(Certs, HaveAnIndexThatOpensslCanTakeOver) {
    issue_one();
    ASSERT_EQ(certs({"issue", "git.app02.example.org"}).status, 0);
    ASSERT_EQ(certs({"revoke", "shell-app01.example.org"}).status, 0);
    const auto serial = text_at(parse_json(lines_of(certs({"list", "--json"}).output)[0]).root(), "serial");
    const auto result = shell_in_pki(
        "printf '[ca]\\ndefault_ca=c\\n[c]\\ndatabase=index.txt\\ndefault_md=sha256\\n' > c && "
        "openssl ca -gencrl -config c -cert ca.crt -keyfile ca.key -crldays 7 -out theirs.pem && "
        "openssl crl -in theirs.pem -noout -text");
    EXPECT_THAT(result.output, HasSubstr("Serial Number: " + serial)) << result.errors;
    EXPECT_EQ(certs({"list"}).status, 0);
}

TEST_F(Certs, HaveTheExtensionsThatOthersLookFor) {
    issue_one();
    const auto script = folder.write("look.py", R"(
import sys
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtensionOID as E, NameOID
folder = sys.argv[1]
read = lambda name: open(folder + '/' + name, 'rb').read()
ca, leaf = (x509.load_pem_x509_certificate(read(n)) for n in ('ca.crt', 'shell-app01.example.org.crt'))
crl = x509.load_pem_x509_crl(read('crl.pem'))
get = lambda c, oid: c.extensions.get_extension_for_oid(oid)
assert get(ca, E.BASIC_CONSTRAINTS).critical and get(ca, E.BASIC_CONSTRAINTS).value.ca
usage = get(ca, E.KEY_USAGE).value
assert usage.key_cert_sign and usage.crl_sign and not usage.digital_signature
assert not get(leaf, E.BASIC_CONSTRAINTS).value.ca
usage = get(leaf, E.KEY_USAGE).value
assert usage.digital_signature and not usage.key_cert_sign
ca_id = get(ca, E.SUBJECT_KEY_IDENTIFIER).value.digest
assert get(leaf, E.AUTHORITY_KEY_IDENTIFIER).value.key_identifier == ca_id
assert get(crl, E.AUTHORITY_KEY_IDENTIFIER).value.key_identifier == ca_id
assert get(leaf, E.SUBJECT_KEY_IDENTIFIER).value == x509.SubjectKeyIdentifier.from_public_key(leaf.public_key())
assert get(crl, E.CRL_NUMBER).value.crl_number == 1
assert leaf.signature_hash_algorithm.name == ca.signature_hash_algorithm.name == 'sha256'
assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == 'shell-app01.example.org'
assert leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == 'Example'
assert leaf.public_key().key_size == 2048
for c in ca, leaf:
    ca.public_key().verify(c.signature, c.tbs_certificate_bytes, PKCS1v15(), c.signature_hash_algorithm)
assert crl.is_signature_valid(ca.public_key())
key = load_pem_private_key(read('shell-app01.example.org.key'), None)
assert key.public_key().public_numbers() == leaf.public_key().public_numbers()
print('fine')
)");
    const auto result = run({.command = {"python3", script, path("")}});
    EXPECT_EQ(result.output, "fine\n") << result.errors;
}

TEST_F(Certs, ReplaceNothingWithoutForce) {
    issue_one();
    const auto before = everything();
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"init-ca"}, {"issue", "git.app02.example.org", "shell.app01.example.org"}}) {
        const auto result = certs(words);
        EXPECT_EQ(result.status, 1);
        EXPECT_THAT(result.errors, HasSubstr("is there already: --force replaces"));
        EXPECT_EQ(everything(), before);
    }
    const auto again = certs({"issue", "--force", "shell.app01.example.org"});
    EXPECT_EQ(again.status, 0);
    EXPECT_THAT(again.errors, HasSubstr("an earlier certificate of shell-app01.example.org is valid until"));
    EXPECT_NE(text("shell-app01.example.org.key"), before.at("shell-app01.example.org.key"));
    EXPECT_EQ(certs({"init-ca", "--force"}).status, 0);
    EXPECT_EQ(text("index.txt"), "");
}

TEST_F(Certs, AreRevokedBySerialNumberWhereANameHasSeveral) {
    issue_one();
    const auto old_message = signed_message();
    const auto serial = text_at(parse_json(certs({"list", "--json"}).output).root(), "serial");
    ASSERT_EQ(certs({"issue", "--force", "shell.app01.example.org"}).status, 0);
    ASSERT_EQ(certs({"revoke", serial}).status, 0);
    EXPECT_EQ(reason(old_message), "revoked");
    EXPECT_EQ(reason(signed_message()), "valid");
    const auto again = certs({"revoke", serial});
    EXPECT_EQ(again.status, 1);
    EXPECT_THAT(again.errors, HasSubstr("was revoked already, on 20"));
}

TEST_F(Certs, StayRevokedWhenTheIndexIsLost) {
    issue_one();
    const auto message = signed_message();
    ASSERT_EQ(certs({"revoke", "shell-app01.example.org"}).status, 0);
    std::filesystem::remove(path("index.txt"));
    ASSERT_EQ(certs({"crl"}).status, 0);
    EXPECT_EQ(reason(message), "revoked");
}

TEST_F(Certs, AreListed) {
    issue_one();
    ASSERT_EQ(certs({"issue", "git.app02.example.org"}).status, 0);
    ASSERT_EQ(certs({"revoke", "git-app02.example.org"}).status, 0);
    const auto lines = lines_of(certs({"list"}).output);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_THAT(lines[0], StartsWith("NAME "));
    EXPECT_THAT(lines[1], AllOf(StartsWith("shell-app01.example.org  "), HasSubstr("  valid")));
    EXPECT_THAT(lines[2], AllOf(StartsWith("git-app02.example.org  "), HasSubstr("  revoked 20")));
    const auto json = lines_of(certs({"list", "--json"}).output);
    ASSERT_EQ(json.size(), 2U);
    const auto first = parse_json(json[0]), second = parse_json(json[1]);
    EXPECT_EQ(text_at(first.root(), "name"), "shell-app01.example.org");
    EXPECT_EQ(at(first.root(), "revoked").kind(), encoding::Kind::null);
    EXPECT_EQ(text_at(second.root(), "status"), "revoked");
    EXPECT_THAT(text_at(second.root(), "revoked"), testing::EndsWith("Z"));
}

TEST_F(Certs, AllGetIntoTheIndexWhenIssuedAtOnce) {
    ASSERT_EQ(certs({"init-ca"}).status, 0);
    std::vector<Process> processes;
    for (const auto* host : {"a", "b", "c", "d"})
        processes.emplace_back(fedmsg(
            {"certs", "issue", std::string{"shell."} + host + ".example.org", "--config-filename", config}));
    for (auto& process : processes) EXPECT_EQ(process.wait(), 0) << process.errors();
    EXPECT_EQ(lines_of(certs({"list", "--json"}).output).size(), 4U);
    EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(Certs, AreNotHalfWrittenToAFullDisk) {
    issue_one();
    const auto before = everything();
    // A block of 1024 bytes has room for the index, and not for a key.
    const auto issue =
        run(shell("trap '' XFSZ; ulimit -f 1; $fedmsg certs issue git.app02.example.org "
                  "--config-filename " +
                  config));
    EXPECT_EQ(issue.status, 1);
    EXPECT_THAT(issue.errors,
                HasSubstr("cannot write " + path("git-app02.example.org.key") + ": File too large"));
    EXPECT_EQ(everything(), before);
    const auto revoke =
        run(shell("trap '' XFSZ; ulimit -f 0; $fedmsg certs revoke shell-app01.example.org "
                  "--config-filename " +
                  config));
    EXPECT_EQ(revoke.status, 1);
    EXPECT_EQ(everything(), before);
}

TEST_F(Certs, SayWhichFolderCannotBeUsed) {
    EXPECT_THAT(
        certs({"init-ca", "--ssldir", "/proc/none"}).errors,
        AllOf(StartsWith("fedmsg certs: cannot make the folder /proc/none: "), HasSubstr("--ssldir")));
    EXPECT_THAT(certs({"issue", "shell.app01.example.org"}).errors, HasSubstr("cannot open the folder"));
    EXPECT_THAT(certs({"list"}).errors, HasSubstr("there is no authority in"));
    std::filesystem::create_directory(folder / "pki");
    EXPECT_THAT(certs({"issue", "shell.app01.example.org"}).errors,
                AllOf(HasSubstr("cannot read " + path("ca.key")), HasSubstr("fedmsg certs init-ca")));
}

TEST_F(Certs, SayWhatIsWrongWithTheCommandLine) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{}, "name an action"},
        {{"isue"}, "did you mean `issue`?"},
        {{"issue"}, "name a service and its host"},
        {{"issue", "shell"}, "\"shell\" has no dot"},
        {{"issue", "shell.../etc"}, "is no SERVICE.HOST"},
        {{"issue", "shell." + std::string(64, 'a')}, "is longer than the 64 characters"},
        {{"issue", "a.b", "a.b"}, "is there twice"},
        {{"revoke"}, "name a certificate"},
        {{"revoke", ""}, "a name is empty"},
        {{"list", "all"}, "list takes no name"},
        {{"list", "--force"}, "list does not take --force"},
        {{"issue", "a.b", "--org", "X"}, "issue does not take --org"},
        {{"issue", "a.b", "--days", "0"}, "must be an integer, 1 or more"},
        {{"issue", "a.b", "--days", "36501"}, "must be 36500 or less"},
        {{"issue", "a.b", "--bits", "512"}, "must be an integer, 1024 or more"},
        {{"init-ca", "--country", "Germany"}, "must be two letters"},
        {{"init-ca", "--org", "A/CN=b"}, "must have no /"},
        {{"init-ca", "--org", ""}, "must have 1 to 64 bytes"},
    };
    for (const auto& [words, text] : cases) {
        const auto result = certs(words);
        EXPECT_EQ(result.status, 2) << text;
        EXPECT_THAT(result.errors, HasSubstr(text));
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "pki"));
}

class CertsCheck : public Certs {
  protected:
    void SetUp() override { issue_one(); }
};

TEST_F(CertsCheck, IsContentWithWhatWeMake) {
    EXPECT_THAT(problems(), IsEmpty());
    for (const auto& line : lines_of(certs({"check", "--json"}).output))
        EXPECT_EQ(text_at(parse_json(line).root(), "severity"), "ok") << line;
    EXPECT_EQ(certs({"check", "--ssldir", path("")}).status, 0);
}

TEST_F(CertsCheck, FindsKeysThatOthersCanRead) {
    std::filesystem::permissions(path("shell-app01.example.org.key"), std::filesystem::perms{0640});
    EXPECT_THAT(problems(), IsEmpty());  // its service may be a group
    std::filesystem::permissions(path("shell-app01.example.org.key"), std::filesystem::perms{0644});
    std::filesystem::permissions(path("ca.key"), std::filesystem::perms{0640});
    EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("error: " + path("ca.key")), HasSubstr("0640")),
                                        AllOf(StartsWith("error: " + path("shell-app01.example.org.key")),
                                              HasSubstr("0644"), HasSubstr("chmod o-rwx"))));
}

TEST_F(CertsCheck, FindsAFolderThatEverybodyCanWriteTo) {
    std::filesystem::permissions(path(""), std::filesystem::perms{0777});
    EXPECT_THAT(problems(), ElementsAre(HasSubstr("everybody can write to this folder")));
}

TEST_F(CertsCheck, FindsAKeyOfAnotherCertificate) {
    ASSERT_EQ(certs({"issue", "git.app02.example.org"}).status, 0);
    std::filesystem::rename(path("git-app02.example.org.key"), path("shell-app01.example.org.key"));
    EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("error: " + path("shell-app01.example.org.key")),
                                              HasSubstr("is not the key of"))));
}

TEST_F(CertsCheck, FindsWhatAnotherAuthorityHasSigned) {
    const auto certificate = text("shell-app01.example.org.crt"), crl = text("crl.pem");
    ASSERT_EQ(certs({"init-ca", "--force"}).status, 0);
    EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("error: " + path("shell-app01.example.org.crt")),
                                              HasSubstr("has no path to a CA"))));
    folder.write("pki/crl.pem", crl);
    EXPECT_THAT(problems(), testing::Contains(AllOf(StartsWith("error: " + path("crl.pem")),
                                                    HasSubstr("is not signed by a CA"))));
}

TEST_F(CertsCheck, FindsWhatIsRevoked) {
    const auto old_crl = text("crl.pem");
    ASSERT_EQ(certs({"revoke", "shell-app01.example.org"}).status, 0);
    EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("error: " + path("shell-app01.example.org.crt")),
                                              HasSubstr("was revoked"))));
    folder.write("pki/crl.pem", old_crl);
    EXPECT_THAT(problems(),
                ElementsAre(AllOf(StartsWith("error: " + path("crl.pem")), HasSubstr("not in this CRL"))));
}

TEST_F(CertsCheck, FindsShortKeys) {
    ASSERT_EQ(certs({"issue", "git.app02.example.org", "--bits", "1024"}).status, 0);
    EXPECT_THAT(problems(), ElementsAre(AllOf(StartsWith("warning: " + path("git-app02.example.org.crt")),
                                              HasSubstr("has 1024 bits"))));
}

TEST_F(CertsCheck, FindsWhatExpiresSoon) {
    for (const auto& [days, text] :
         std::map<std::string, std::string>{{"31", ""}, {"30", "30 days"}, {"7", "7 days"}, {"1", "a day"}}) {
        ASSERT_EQ(certs({"issue", "--force", "shell.app01.example.org", "--days", days}).status, 0);
        if (text.empty())
            EXPECT_THAT(problems(), IsEmpty());
        else
            EXPECT_THAT(problems(),
                        ElementsAre(AllOf(StartsWith("warning: " + path("shell-app01.example.org.crt")),
                                          HasSubstr("expires within " + text + ", on 20"))));
    }
}

TEST_F(CertsCheck, FindsFilesThatAreMissingOrBroken) {
    folder.write("pki/broken.crt", "nothing");
    std::filesystem::remove(path("shell-app01.example.org.crt"));
    folder.write("pki/crl.pem", "nothing");
    std::filesystem::remove(path("ca.crt"));
    EXPECT_THAT(
        problems(),
        testing::UnorderedElementsAre(
            AllOf(StartsWith("error: " + path("ca.crt")), HasSubstr("No such file")),
            AllOf(StartsWith("error: " + path("crl.pem")), HasSubstr("there is no CRL in it")),
            AllOf(StartsWith("error: " + path("broken.crt")), HasSubstr("there is no certificate in it")),
            AllOf(StartsWith("warning: " + path("ca.key")), HasSubstr("no certificate beside it")),
            AllOf(StartsWith("warning: " + path("shell-app01.example.org.key")),
                  HasSubstr("no certificate beside it"))));
}

}  // namespace
}  // namespace fedmsg::test

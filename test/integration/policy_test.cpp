/// fedmsg policy, on messages that were signed by fedmsg sign.
#include "support/files.h"
#include "support/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fedmsg::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string shell_app = "shell-app01.phx2.example.org", wiki_app = "wiki-app03.phx2.example.org";

class PolicyCommand : public testing::Test {
  protected:
    PolicyCommand() {
        configure(R"({
"org.example.prod.git": [")" +
                  shell_app + R"(", "bodhi-app02.phx2.example.org"],
"org.example.prod.wiki": [")" +
                  wiki_app + "\"]}");
    }

    /// \param rules  from line 3 on
    void configure(const std::string& rules, const std::string& more = "") {
        const auto keys = data_file("crypto/keys").string();
        config =
            folder.write("config.json", R"({"topic_prefix": "org.example", "environment": "prod",
"ssldir": ")" + keys + R"(", "ca_cert_location": ")" +
                                            keys + R"(/ca.crt", "crl_location": ")" + keys + R"(/crl.pem",
"certnames": {}, "routing_policy": )" + rules +
                                            more + "\n}\n");
    }
    Start policy(std::vector<std::string> words) const {
        words.insert(words.begin(), "policy");
        words.insert(words.end(), {"--config-filename", config});
        return fedmsg(std::move(words));
    }
    /// One message, signed.
    std::string message(const std::string& topic, const std::string& certname) const {
        const auto result = run(fedmsg({"sign", "--certname", certname, "--config-filename", config}),
                                R"({"topic": "org.example.prod.)" + topic + "\", \"msg\": {}}\n");
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.output;
    }
    /// Two that pass, one that is refused, one without a rule, one that is not signed.
    std::string some_messages() const {
        const auto git = message("git", shell_app);
        return git + message("git", wiki_app) + git + message("hello", "expired.phx2.example.org") +
               "{\"topic\": \"org.example.prod.hello\"}\n";
    }

    TemporaryFolder folder;
    std::string config;
};

TEST_F(PolicyCommand, CheckTellsWhatIsRefusedAndWhatHasNoRule) {
    const auto result = run(policy({"check", folder.write("messages", some_messages())}));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.errors, "");
    EXPECT_EQ(result.output,
              "5 messages, 1 refused\n"
              "\n"
              "refused: their rule does not name the signer:\n"
              "        1  org.example.prod.git  wiki-app03.phx2.example.org\n"
              "\n"
              "accepted: no rule for the topic (routing_nitpicky would refuse them):\n"
              "        1  org.example.prod.hello  expired.phx2.example.org\n"
              "\n"
              "not judged: the policy needs the name in a certificate:\n"
              "        1  org.example.prod.hello  (unsigned)\n"
              "\n"
              "rules that no message matched:\n"
              "  " +
                  config +
                  ":5: org.example.prod.wiki\n"
                  "\n"
                  "names that signed nothing under their topic:\n"
                  "  " +
                  config + ":4: org.example.prod.git: bodhi-app02.phx2.example.org\n");
}

TEST_F(PolicyCommand, CheckReadsStandardInput) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"check"}, {"check", "-"}}) {
        const auto good = run(policy(words), message("git", shell_app));
        EXPECT_EQ(good.status, 0) << good.errors;
        EXPECT_THAT(good.output, testing::StartsWith("1 message, 0 refused\n"));
        EXPECT_EQ(run(policy(words), message("git", wiki_app)).status, 1);
    }
}

TEST_F(PolicyCommand, CheckPrintsJsonForPrograms) {
    const auto result = run(policy({"check", "--json"}), some_messages());
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(
        lines_of(result.output),
        ElementsAre(
            R"({"messages":5,"refused":1,"what":"summary","without_row":0})",
            R"({"count":2,"signer":")" + shell_app +
                R"(","topic":"org.example.prod.git","what":"allowed","why":null})",
            AllOf(HasSubstr(R"("what":"no-rule")"), HasSubstr("expired.phx2.example.org")),
            R"({"count":1,"signer":")" + wiki_app +
                R"(","topic":"org.example.prod.git","what":"refused","why":null})",
            R"({"count":1,"signer":null,"topic":"org.example.prod.hello","what":"not-judged","why":"unsigned"})",
            R"({"topic":"org.example.prod.wiki","what":"unmatched-rule","where":")" + config + ":5\"}",
            AllOf(HasSubstr(R"("what":"unused-name")"), HasSubstr("bodhi-app02"))));
}

TEST_F(PolicyCommand, CheckWithNitpickyRefusesWhatHasNoRule) {
    configure("{}", R"(, "routing_nitpicky": true)");
    const auto result = run(policy({"check"}), message("git", shell_app));
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, AllOf(HasSubstr("1 message, 1 refused"),
                                     HasSubstr("refused: no rule for the topic, and routing_nitpicky:")));
}

TEST_F(PolicyCommand, CheckWithValidationRefusesWhatIsNotValid) {
    const auto result = run(policy({"check", "--validate"}), some_messages());
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, AllOf(HasSubstr("5 messages, 3 refused"),
                                     HasSubstr("refused: not valid, whatever the policy says:\n"),
                                     HasSubstr("org.example.prod.git  " + wiki_app), HasSubstr("(unsigned)"),
                                     HasSubstr("(expired)")));
    // What is valid and allowed is judged as without it.
    EXPECT_EQ(run(policy({"check", "--validate"}), message("git", shell_app)).status, 0);
}

TEST_F(PolicyCommand, CheckNamesLinesThatAreNoMessage) {
    const auto result = run(policy({"check"}), message("git", shell_app) + "nonsense\n[]\n");
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.output, HasSubstr("1 message, 0 refused"));
    EXPECT_THAT(result.errors,
                AllOf(HasSubstr("line 2: not judged: column 1: "),
                      HasSubstr("line 3: not judged: it is an array, not an object"),
                      HasSubstr("fedmsg policy: standard input: 2 of the lines are no message\n")));
}

TEST_F(PolicyCommand, CheckSaysWhereSignaturesWereLost) {
    const auto result = run(policy({"check"}), "{\"topic\": \"a\\u001b[31m\"}\n{}\n");
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.errors, HasSubstr("`fedmsg tail --output raw` keeps them"));
    EXPECT_THAT(result.output,
                AllOf(HasSubstr(R"("a\u001b[31m")"), HasSubstr("(no topic)"), Not(HasSubstr("\x1b"))));
}

TEST_F(PolicyCommand, CheckReadsAHundredThousandMessages) {
    constexpr std::size_t rounds = sanitized ? 1000 : 20'000;
    const auto five = some_messages();
    std::string many;
    for (std::size_t i = 0; i < rounds; ++i) many += five;
    const auto result = run(policy({"check", folder.write("many", many)}));
    EXPECT_THAT(result.output, testing::StartsWith(std::to_string(5 * rounds) + " messages, " +
                                                   std::to_string(rounds) + " refused\n"));
}

TEST_F(PolicyCommand, AFileThatCannotBeReadIsNamed) {
    const auto missing = run(policy({"check", "/nonexistent/file"}));
    EXPECT_EQ(missing.status, 1);
    EXPECT_EQ(missing.errors, "fedmsg policy: cannot read /nonexistent/file: No such file or directory\n");
    const auto directory = run(policy({"check", "/"}));
    EXPECT_EQ(directory.status, 1);
    EXPECT_EQ(directory.errors, "fedmsg policy: cannot read /: Is a directory\n");
}

TEST_F(PolicyCommand, LintSaysNothingOfWhatIsRight) {
    const auto result = run(policy({"lint"}));
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output + result.errors, "");
}

TEST_F(PolicyCommand, LintNamesWhatIsWrongWithItsPlace) {
    configure(R"({"org.example.prod.git.*": ["shell-app1.phx2.example.org"]})");
    const auto result = run(policy({"lint"}));
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(
        result.output,
        config +
            ":3: org.example.prod.git.*: it is no whole topic, and there are no patterns here: topics are "
            "compared as a whole, so no message has this one (pattern)\n" +
            config +
            ":3: org.example.prod.git.*: \"shell-app1.phx2.example.org\" is no name of a certificate in "
            "certnames or ssldir: did you mean \"" +
            shell_app + "\"? (unknown-name)\n");
    const auto json = lines_of(run(policy({"lint", "--json"})).output);
    ASSERT_EQ(json.size(), 2U);
    EXPECT_THAT(json[1],
                AllOf(HasSubstr(R"("code":"unknown-name")"), HasSubstr(R"("topic":"org.example.prod.git.*")"),
                      HasSubstr("\"where\":\"" + config + ":3\"")));
}

TEST_F(PolicyCommand, LintFindsNamesInCertnamesToo) {
    configure(R"({"org.example.prod.git": ["elsewhere.example.org"]})");
    EXPECT_EQ(run(policy({"lint"})).status, 1);
    configure(R"({"org.example.prod.git": ["elsewhere.example.org"]})",
              R"(, "certnames": {"git.a": "elsewhere.example.org"})");
    EXPECT_EQ(run(policy({"lint"})).status, 0);
}

TEST_F(PolicyCommand, LintSaysWhenItKnowsNoNames) {
    configure(R"({"org.example.prod.git": ["anybody"]})", R"(, "ssldir": "/nonexistent")");
    const auto result = run(policy({"lint"}));
    EXPECT_EQ(result.status, 0);
    EXPECT_THAT(result.errors,
                HasSubstr("names are not checked: certnames is empty, and there is no certificate in "
                          "/nonexistent"));
}

TEST_F(PolicyCommand, MistakesAreAnsweredWithWhatThereIs) {
    const auto errors = [&](std::vector<std::string> words) {
        const auto result = run(policy(std::move(words)));
        EXPECT_EQ(result.status, 2);
        return result.errors;
    };
    EXPECT_THAT(errors({}), HasSubstr("name an action: check or lint"));
    EXPECT_THAT(errors({"chekc"}), HasSubstr("there is no action `chekc`: did you mean `check`?"));
    EXPECT_THAT(errors({"show"}), HasSubstr("there is no action `show`: name check or lint"));
    EXPECT_THAT(errors({"lint", "file"}), HasSubstr("unexpected `file`: lint takes no file"));
    EXPECT_THAT(errors({"lint", "--validate"}), HasSubstr("lint does not take --validate"));
}

}  // namespace
}  // namespace fedmsg::test

// The same bytes as Python's json module, over random texts. Needs python3.
#include "encoding/write.h"
#include "unit/encoding/files.h"
#include "unit/encoding/random_json.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <iostream>
#include <vector>

namespace fedmsg::encoding {
namespace {

constexpr std::uint64_t seed = 20121019;

class Python : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "fedmsg-json-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder = pattern;
        std::cout << "seed " << seed << '\n';
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    /// What reference.py answers to each text: canonical form, 1F, indented form; empty for a refusal.
    std::vector<std::string> answers(const std::vector<std::string>& texts) {
        std::ofstream in{folder / "in", std::ios::binary};
        for (const auto& text : texts) in << text << '\x1e';
        in.close();
        const std::string command = "python3 '" + data_file("reference.py").string() + "' < '" +
                                    (folder / "in").string() + "' > '" + (folder / "out").string() + "'";
        EXPECT_EQ(std::system(command.c_str()), 0) << "python3 is needed for this test: " << command;
        const std::string out = read_file(folder / "out");
        std::vector<std::string> all;
        for (std::size_t begin = 0, end = 0; (end = out.find('\x1e', begin)) != std::string::npos;
             begin = end + 1)
            all.push_back(out.substr(begin, end - begin));
        return all;
    }

    static std::string ours(const std::string& text) {
        const auto document = Document::parse(text);
        if (!document) return {};
        return dumps(document->root()) + '\x1f' + dumps(document->root(), pretty);
    }

    /// Returns how many of the texts Python takes.
    std::size_t expect_same(const std::vector<std::string>& texts) {
        const auto expected = answers(texts);
        EXPECT_EQ(expected.size(), texts.size());
        std::size_t accepted = 0;
        for (std::size_t i = 0; i < std::min(texts.size(), expected.size()); ++i) {
            accepted += !expected[i].empty();
            EXPECT_EQ(ours(texts[i]), expected[i]) << "text: " << texts[i];
            if (HasFailure()) break;
        }
        return accepted;
    }

    std::filesystem::path folder;
};

TEST_F(Python, WritesTheSameBytesForRandomValues) {
    RandomJson random{seed};
    std::vector<std::string> texts(100'000);
    for (auto& text : texts) text = random.text();
    EXPECT_EQ(expect_same(texts), texts.size());
}

TEST_F(Python, RefusesTheSameTexts) {
    RandomJson random{seed + 1};
    std::vector<std::string> texts(100'000);
    for (auto& text : texts) text = random.mutated(random.text());
    const auto accepted = expect_same(texts);
    EXPECT_GT(accepted, texts.size() / 20);
    EXPECT_LT(accepted, texts.size() / 2);
}

}  // namespace
}  // namespace fedmsg::encoding

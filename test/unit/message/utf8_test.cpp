#include "util/utf8.h"

#include "python.h"

#include <gtest/gtest.h>

#include <random>

namespace fedmsg {
namespace {

const std::vector<std::string> pieces = {
    "a",      "\x7F",       " ",          "\u00e9",       "\u07FF",   "\u0800",   "\u65e5",
    "\uFFFD", "\U00010000", "\U0010FFFF", "\x80",         "\xBF",     "\xC0",     "\xC1",
    "\xC2",   "\xDF",       "\xE0",       "\xE0\x9F",     "\xE0\xA0", "\xED\x9F", "\xED\xA0",
    "\xEF",   "\xF0\x8F",   "\xF0\x90",   "\xF0\x90\x80", "\xF4\x8F", "\xF4\x90", "\xF5",
    "\xFF",   "12345678",   "\u00A0",     "\u2003",       "\x1C"};

TEST(Utf8, IsJudgedReplacedAndStrippedAsInPython) {
    std::mt19937 random{3};
    std::vector<std::string> questions, ours;
    for (int i = 0; i < 5000; ++i) {
        std::string text;
        for (auto left = random() % 7; left > 0; --left) text += pieces[random() % pieces.size()];
        std::string replaced;
        append_as_utf8(text, replaced);
        questions.push_back(message::hex(text));
        ours.push_back((is_utf8(text) ? "1 " : "0 ") + message::hex(replaced) + " " +
                       message::hex(strip(replaced)));
        EXPECT_TRUE(is_utf8(replaced));
    }
    EXPECT_EQ(message::ask_python(R"(
import sys
for line in sys.stdin:
    data = bytes.fromhex(line.strip())
    text = data.decode("utf-8", "replace")
    print(int(text.encode() == data), text.encode().hex(), text.strip().encode().hex())
)",
                                  questions),
              ours);
}

}  // namespace
}  // namespace fedmsg

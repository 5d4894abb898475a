// Hostile files end in an error, soon and in little memory.
#include "unit/config/dialect_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

namespace fedmsg::dialect {
namespace {

using testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool slow = true;  // and memory is not what it is otherwise
#else
constexpr bool slow = false;
#endif

std::string repeated(const std::string& text, std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += text;
    return out;
}

struct Hostile {
    std::string name, text, error;
};

void PrintTo(const Hostile& h, std::ostream* out) { *out << h.name; }

const std::string steps = "evaluation takes more than 5000000 steps";
const std::string memory = "evaluation takes more than 64 MiB of memory";
const std::string levels = "more than 1000 levels";
const std::string nesting = "more than 200 expressions inside each other";
const std::string text = "a string of more than 4194304 bytes";
const std::string bits = "an integer of more than 32768 bits";

const Hostile hostile[] = {
    {"EndlessLoop", "while True: pass", steps},
    {"EndlessIteration", "l = [1]\nfor x in l: l.append(x)", memory},
    {"LongRange", "for i in range(10**12): pass", steps},
    {"ListOfRange", "x = list(range(10**12))", memory},
    {"SumOfRange", "x = sum(range(10**12))", steps},
    {"NotInRange", "x = 0.5 in range(10**12)", steps},
    {"NestedLoops", "for i in range(10**4):\n    for j in range(10**4): pass", steps},
    {"Comprehension", "x = [0 for i in range(10**4) for j in range(10**4)]", memory},
    {"RangeBeyond64Bits", "x = range(10**30)", "a range beyond 64 bits"},
    {"RepeatedText", "x = 'x' * 10**9", steps},
    {"RepeatedTextLess", "x = 'x' * 10**7", text},
    {"RepeatedTextMore", "x = 'xx' * 2**62", steps},
    {"RepeatedTextMost", "x = 'x' * 10**30", "OverflowError: cannot fit 'int' into an index-sized integer"},
    {"RepeatedList", "x = [0] * 10**9", steps},
    {"RepeatedListLess", "x = [0] * 6 * 10**6", "steps"},
    {"RepeatedNothing", "x = [] * 10**18 + [1] * 0\nx[0]", "IndexError"},
    {"DoubledText", "x = 'x'\nwhile True: x += x", text},
    {"DoubledList", "x = [0]\nwhile True: x += x", memory},
    {"ManyTexts", "x = ['x' * 10**6 + str(i) for i in range(1000)]", memory},
    {"GrowingText", "x = ''\nwhile True: x += 'abcdefghij'", memory},
    {"JoinedText", "x = 'x' * 10**6\ny = x.join(x)", memory},
    {"ReplacedText", "x = ('x' * 10**6).replace('x', 'y' * 10**6)", text},
    {"ReplacedNothing", "x = ('x' * 10**6).replace('', 'y' * 10**6)", text},
    {"Center", "x = 'x'.center(10**9)", text},
    {"Zfill", "x = 'x'.zfill(10**18)", text},
    {"LjustMost", "x = 'x'.ljust(10**30)", "cannot fit 'int'"},
    {"ExpandTabs", "x = '\\t'.expandtabs(10**9)", text},
    {"ExpandManyTabs", "x = ('\\t' * 10**6).expandtabs(1000)", text},
    {"PercentWidth", "x = '%999999999d' % 1", text},
    {"PercentWidthMore", "x = '%99999999999999999999999d' % 1", "ValueError"},
    {"PercentStar", "x = '%*d' % (10**18, 1)", text},
    {"PercentPrecision", "x = '%.999999999f' % 1.0", text},
    {"PercentManyWidths", "x = ('%4000000d' * 1000) % ((1,) * 1000)", text},
    {"FormatWidth", "x = '{:>999999999}'.format(1)", text},
    {"FormatFill", "x = '{:é>4000000}'.format(1)", text},
    {"FormatPrecision", "x = '{:.999999999f}'.format(1.0)", text},
    {"FormatManyWidths", "x = ('{:4000000}' * 1000).format(*range(1000))", text},
    {"FStringWidth", "x = f'{1:{10**9}}'", text},
    {"FormatSpecs", "x = '{:{:{:{}}}}'.format(1, 2, 3, 4)", "Max string recursion"},
    {"Power", "x = 10 ** 10 ** 10", bits},
    {"PowerOfBig", "x = (10 ** 3000) ** 1000", bits},
    {"NegativePower", "x = 2 ** -(10 ** 10)\ny = x['a']", "TypeError"},
    {"Shift", "x = 1 << 10**9", bits},
    {"ShiftMore", "x = 1 << 10**30", bits},
    {"Squares", "x = 3\nwhile True: x *= x", bits},
    {"ManyProducts", "x = 3 ** 20000\nwhile True: y = x * x // x", "steps"},
    {"ManyDigits", "x = 3 ** 9000\nwhile True: y = str(x)", "steps"},
    {"LongDigits", "x = str(7 ** 6000)", "ValueError: Exceeds the limit (4300 digits)"},
    {"LongDigitsInConfig", "config = {'x': 7 ** 6000}", "ValueError: Exceeds the limit (4300 digits)"},
    {"DigitsToInt", "x = int('9' * 100000)", "ValueError: Exceeds the limit (4300 digits)"},
    {"HexToInt", "x = int('f' * 100000, 16)", bits},
    {"DigitsInSource", "x = " + std::string(5000, '9'), "Exceeds the limit (4300 digits)"},
    {"Recursion", "def f(): return f()\nf()", levels},
    {"RecursionOfLambda", "f = lambda: f()\nf()", levels},
    {"RecursionInSort", "def f(x): return sorted([1, 2], key=f)\nf(1)", levels},
    {"RecursionInMap", "def f(x): return list(map(f, [x]))\nf(1)", levels},
    {"ExponentialCalls", "def f(n): return 1 if n == 0 else f(n - 1) + f(n - 1)\nf(40)", steps},
    {"MapOfMap", "x = [1]\nfor i in range(10**5): x = map(str, x)\nlist(x)", levels},
    {"GeneratorOfGenerator",
     "x = [1]\ndef g(x): return (y for y in x)\nfor i in range(10**5): x = g(x)\nlist(x)", levels},
    {"GeneratorInItself", "g = (next(g) for x in [1])\nnext(g)", "ValueError: generator already executing"},
    {"DeepList", "x = []\nfor i in range(10**5): x = [x]\ny = str(x)", levels},
    {"DeepListCompared", "x = []\ny = []\nfor i in range(10**5):\n    x = [x]\n    y = [y]\nz = x == y",
     levels},
    {"DeepListOrdered", "x = []\ny = []\nfor i in range(10**5):\n    x = [x]\n    y = [y]\nz = x < y",
     levels},
    {"DeepTupleHashed", "x = ()\nfor i in range(10**5): x = (x, x)\ny = {x: 1}", levels},
    {"DeepListInConfig", "x = []\nfor i in range(300): x = [x]\nconfig = {'x': x}",
     "more than 200 lists and dicts inside each other"},
    {"ListInItselfCompared", "x = []\nx.append(x)\ny = []\ny.append(y)\nz = x == y", levels},
    {"WideTupleHashed", "x = ()\nfor i in range(50): x = (x, x)\ny = {x: 1}", steps},
    {"WideListCompared", "x = []\ny = []\nfor i in range(50):\n    x = [x, x]\n    y = [y, y]\nz = x == y",
     steps},
    {"WideListShown", "x = [1]\nfor i in range(50): x = [x, x]\ny = str(x)", text},
    {"WideListInConfig", "x = [1]\nfor i in range(50): x = [x, x]\nconfig = {'x': x}",
     "a configuration of more than 32 MiB"},
    {"WideDictInConfig", "x = {}\nfor i in range(50): x = {'a': x, 'b': x}\nconfig = x",
     "a configuration of more than 32 MiB"},
    {"TextManyTimesInConfig", "x = 'x' * 10**6\nconfig = {'x': [x] * 1000}",
     "a configuration of more than 32 MiB"},
    {"FailuresInLoop", "while True:\n    try: 1 / 0\n    except ZeroDivisionError: pass", steps},
    {"SlowSearch", "x = 'a' * 10**6\nwhile True: y = x.count('a' * 1000 + 'b')", steps},
    {"SlowSearchFromRight", "x = 'a' * 10**6\nwhile True: y = x.rfind('b' + 'a' * 10**5)", steps},
    {"SlowStrip", "x = ' ' * 10**6\nwhile True: y = x.strip()", steps},
    {"SlowCase", "x = 'é' * 10**6\nwhile True: y = x.upper() == x", "more than"},
    {"SlowSplit", "x = 'a ' * 10**6\nwhile True: y = x.split()", "more than"},
    {"SlowEquality", "x = 'a' * 10**6\ny = x + 'a'\nz = 'a' + x\nwhile True: w = y == z", steps},
    {"SlowIndex", "x = 'é' * 10**6\nwhile True: y = x[-1]", steps},
    {"SlowSlice", "x = 'é' * 10**6\nwhile True: y = x[5:6]", steps},
    {"SlowInsert", "x = list(range(10**5))\nwhile True:\n    x.insert(0, 1)\n    x.pop(0)", steps},
    {"SlowMembership", "x = list(range(10**5))\nwhile True: y = -1 in x", steps},
    {"SlowSort", "x = list(range(10**5))\nwhile True: x.sort()", "more than"},
    {"Collisions", "d = {}\nfor i in range(10**6): d[i * 2**32] = i", steps},
    {"Warnings", "config = {'x': [lambda: 1] * 10**5}", ""},
    {"ManyImports", "while True:\n    try: import nothing\n    except ImportError: pass", steps},
    {"FileChecks", "import os\nwhile True: os.path.exists('/')", steps},
    {"Environment", "import os\nwhile True: x = dict(os.environ)", memory},
    // Of the source.
    {"NestedBrackets", repeated("[", 10000), "too many nested parentheses"},
    {"NestedBracketsClosed", "x = " + repeated("[", 150) + repeated("]", 150) + "\nconfig = {'x': x}", ""},
    {"NestedParentheses", "x = " + repeated("(", 250) + "1" + repeated(")", 250),
     "too many nested parentheses"},
    {"NestedCalls", "x = " + repeated("f(", 250) + repeated(")", 250), "too many nested parentheses"},
    {"ManyMinuses", "x = " + repeated("-", 100000) + "1", nesting},
    {"ManyNots", "x = " + repeated("not ", 100000) + "1", nesting},
    {"ManyPowers", "x = 1" + repeated(" ** 1", 100000), nesting},
    {"ManyLambdas", "x = " + repeated("lambda: ", 100000) + "1", nesting},
    {"ManyConditions", "x = " + repeated("1 if 0 else ", 80000) + "1", nesting},
    {"ManySums", "config = {'x': 0" + repeated(" + 1", 100000) + "}", ""},
    {"ManyAnds", "config = {'x': 1" + repeated(" and 1", 100000) + "}", ""},
    {"ManyComparisons", "config = {'x': 1" + repeated(" == 1", 100000) + "}", ""},
    {"ManyAttributes", "x = a" + repeated(".a", 100000),
     "more than 500 calls and attributes one after another"},
    {"ManyCalls", "x = a" + repeated("()", 100000), "more than 500 calls and attributes one after another"},
    {"ManyIndentations",
     [] {
         std::string blocks;
         for (std::size_t i = 0; i < 1000; ++i) blocks += std::string(i, ' ') + "if 1:\n";
         return blocks;
     }(),
     "too many levels of indentation"},
    {"ManyElifs", "if 0: pass\n" + repeated("elif 0: pass\n", 50000) + "config = {}", ""},
    {"ManyStrings", "config = {'x': " + repeated("'x' ", 100000) + "}", ""},
    {"ManyFStrings", "config = {'x': " + repeated("f'{1}' ", 50000) + "}", ""},
    {"NestedSpecs", "x = f'{1:{2:{3:{4}}}}'", "nested too deeply"},
    {"LargeSource", std::string((1 << 20) + 1, '\n'), "a file of more than 1024 KiB"},
    {"ManyNames",
     [] {
         std::string names = "config = {}\n";
         for (int i = 0; i < 60000; ++i) names += "name" + std::to_string(i) + " = 1\n";
         return names;
     }(),
     ""},
    {"ManyKeywords",
     [] {
         std::string call = "config = dict(";
         for (int i = 0; i < 50000; ++i) call += "k" + std::to_string(i) + "=1,";
         return call + ")";
     }(),
     ""},
    {"ManyParameters",
     [] {
         std::string def = "def f(";
         for (int i = 0; i < 50000; ++i) def += "k" + std::to_string(i) + "=1,";
         return def + "): pass\nf()\nconfig = {}";
     }(),
     ""},
    {"ManyLocals",
     [] {
         std::string def = "def f():\n";
         for (int i = 0; i < 50000; ++i) def += " k" + std::to_string(i) + "=1\n";
         return def + "f()\nconfig = {}";
     }(),
     steps},
};

class HostileFile : public testing::TestWithParam<Hostile> {};

TEST_P(HostileFile, EndsSoon) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = evaluate(GetParam().text, "x.py", test_host());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (GetParam().error.empty()) {
        EXPECT_TRUE(result) << to_string(result.error());
    } else {
        ASSERT_FALSE(result);
        EXPECT_THAT(result.error().what, HasSubstr(GetParam().error));
    }
    EXPECT_LT(took.count(), slow ? 20 : 2);
    std::cout << GetParam().name << ' ' << took.count() << " s\n";
}

INSTANTIATE_TEST_SUITE_P(All, HostileFile, testing::ValuesIn(hostile),
                         [](const auto& test) { return test.param.name; });

TEST(HostileFiles, StayInTheirMemory) {
    rusage usage{};
    ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
    for (const Hostile& h : hostile) (void)evaluate(h.text, "x.py", test_host());
    ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
    std::cout << usage.ru_maxrss / 1024 << " MiB at most\n";
    if (!slow) {
        EXPECT_LT(usage.ru_maxrss, 256 * 1024);
    }
}

}  // namespace
}  // namespace fedmsg::dialect

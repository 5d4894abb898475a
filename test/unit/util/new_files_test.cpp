#include "util/new_files.h"

#include "support/files.h"
#include "util/error.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace fedmsg {
namespace {

using test::read_file;
using test::TemporaryFolder;

std::size_t files_in(const TemporaryFolder& folder) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder.path()}) ++count;
    return count;
}

TEST(NewFiles, AppearTogether) {
    const TemporaryFolder folder;
    const auto a = folder.write("a", "old"), b = (folder / "b").string();
    NewFiles files;
    files.add(a, "new", 0600);
    files.add(b, "second", 0644);
    EXPECT_EQ(read_file(a), "old");
    EXPECT_FALSE(std::filesystem::exists(b));
    files.commit();
    EXPECT_EQ(read_file(a), "new");
    EXPECT_EQ(read_file(b), "second");
    EXPECT_EQ(files_in(folder), 2U);
}

TEST(NewFiles, LeaveNothingBehindWhenOneCannotBeWritten) {
    const TemporaryFolder folder;
    const auto a = folder.write("a", "old");
    {
        NewFiles files;
        files.add(a, "new", 0600);
        EXPECT_THROW(files.add((folder / "none").string() + "/b", "second", 0644), SetupError);
    }
    EXPECT_EQ(read_file(a), "old");
    EXPECT_EQ(files_in(folder), 1U);
}

TEST(NewFiles, HaveTheModeThatIsAskedForWhateverTheUmask) {
    const TemporaryFolder folder;
    const auto path = (folder / "a").string();
    const auto before = ::umask(0077);
    NewFiles files;
    files.add(path, "text", 0644);
    files.commit();
    ::umask(before);
    struct stat s {};
    ASSERT_EQ(::stat(path.c_str(), &s), 0);
    EXPECT_EQ(s.st_mode & 07777U, 0644U);
}

TEST(FolderLock, NamesAFolderThatIsNotThere) {
    try {
        const FolderLock lock{"/nonexistent"};
        FAIL();
    } catch (const SetupError& e) {
        EXPECT_EQ(
            std::string{e.what()},
            "cannot open the folder /nonexistent: No such file or directory: make it, or name another one "
            "with ssldir");
    }
}

}  // namespace
}  // namespace fedmsg

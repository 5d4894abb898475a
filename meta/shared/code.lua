-- What services of code, packages and builds have in common.

local code = {}

-- What happened: the topic behind the service, "issue.comment.added".
function code.event(msg)
    return split(msg.topic, ".", 4)[5]
end

-- The name in "glibc-2.19-1.fc21".
function code.package_of(build)
    return rsplit(build, "-", 2)[1]
end

function code.package_icon(package)
    return fmt("https://apps.fedoraproject.org/packages/images/icons/{name}.png", { name = package })
end

-- The first line of a commit, and whether there is more.
function code.headline(commit)
    local summary = strip(commit.summary)
    if strip(commit.message) ~= summary then
        summary = summary .. " (..more)"
    end
    return summary
end

-- The files that a commit touched, with something before each.
function code.files(commit, prefix)
    local files = {}
    for file in pairs(commit.stats.files) do
        table.insert(files, prefix .. file)
    end
    return files
end

-- The name of a repository that lies at "/srv/git/docs/about-fedora.git", below "/srv/git/".
function code.repository_at(path, root)
    return re.sub(path, "^" .. root .. "|\\.git/?$", "")
end

return code

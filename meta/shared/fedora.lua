-- What the rules of Fedora's services have in common.

local fedora = {}

-- What happened, "issue.comment.added": the topic behind the service.
function fedora.event(msg)
    return split(msg.topic, ".", 4)[5] or ""
end

-- Whether it happened in the staging environment, which has sites of its own.
function fedora.is_staging(msg)
    return split(msg.topic, ".")[3] == "stg"
end

-- The first of the values that says something: that is not nil, null or empty.
function fedora.first(...)
    for i = 1, select("#", ...) do
        local value = select(i, ...)
        if truthy(value) then return value end
    end
end

-- One word for what is true, another for what is not. There is none for what is not told, which leaves out the sentence.
function fedora.either(value, yes, no)
    if value ~= nil and value ~= null then return truthy(value) and yes or no end
end

-- "python-foo" of "python-foo-1.0-1.fc20"
function fedora.package_of(build)
    return rsplit(build, "-", 2)[1]
end

-- The picture of a package.
function fedora.package_icon(package)
    return "https://apps.fedoraproject.org/packages/images/icons/" .. package .. ".png"
end

-- How Koji's builds go on, as the end of a sentence.
fedora.build_states = {
    [0] = "started building",
    [1] = "completed",
    [2] = "was deleted",
    [3] = "failed to build",
    [4] = "was cancelled",
}

-- The same of its tasks.
fedora.task_states = {
    OPEN = "started",
    CLOSED = "completed",
    FAILED = "failed",
    CANCELED = "was cancelled",
}

-- The first line of a commit, and whether there is more.
function fedora.headline(commit)
    local summary = strip(commit.summary)
    return strip(commit.message) == summary and summary or summary .. " (..more)"
end

-- The files that a commit touched, with something before each.
function fedora.files(commit, prefix)
    local files = {}
    for file in pairs(commit.stats.files) do
        table.insert(files, prefix .. file)
    end
    return files
end

-- The name of a repository that lies at "/srv/git/docs/about-fedora.git", below "/srv/git/".
function fedora.repository_at(path, root)
    return re.sub(path, "^" .. root .. "|\\.git/?$", "")
end

-- The name of a user. Old messages have an object in its place, some a list.
function fedora.name(user)
    if kind(user) == "list" then user = user[1] end
    return kind(user) == "object" and user.username or user
end

-- "ralph" of "http://ralph.id.fedoraproject.org/"; what is no such address stays as it is.
function fedora.user_of_openid(openid)
    return re.match(openid, [[^(?:https?://)?([^/.]+)\.id\.fedoraproject\.org/?$]]) or openid
end

-- Whether it is the name of a user, not the mail address of somebody else.
function fedora.is_user(name)
    return kind(name) == "string" and name ~= "" and not name:find("@", 1, true)
end

-- Those who are users, of names and mail addresses; some may be missing.
function fedora.users(names)
    local users = {}
    for _, name in pairs(names) do
        if fedora.is_user(name) then table.insert(users, name) end
    end
    return users
end

-- The picture of a user, or of a mail address that belongs to none.
function fedora.picture(name)
    return fedora.is_user(name) and avatar(name) or gravatar(name)
end

-- "You", where the one who reads is meant.
function fedora.you(name, subject)
    return name == subject and "You" or name
end

-- "You, ralph, and 2 others"
function fedora.series(names, subject)
    local words = {}
    for i, name in ipairs(names) do words[i] = fedora.you(name, subject) end
    return series(words)
end

-- "display_name, comments": in the order of the message.
function fedora.list(names)
    if not truthy(names) then return nil end
    local words = {}
    for i, name in ipairs(names) do words[i] = name end
    return table.concat(words, ", ")
end

return fedora

-- The git repositories of packages, and the lookaside cache with their sources.

local fedora = shared.fedora

local rule = {
    name = "git",
    description = "Commits to packages, new branches and uploads of sources",
    home = "https://src.fedoraproject.org/",
    docs = "https://fedoraproject.org/wiki/Using_Fedora_GIT",
    obj = "Package Files",
    icon = "https://apps.fedoraproject.org/img/icons/git-logo.png",
}

-- There was a time when topics named the package and its branch: "receive.valgrind.master", "lookaside.texlive.new".
local function event_of(msg)
    local event = fedora.event(msg)
    local kind = event:match("^(%a+)%.")
    if kind == "receive" or kind == "branch" then
        return kind
    elseif kind == "lookaside" then
        return "lookaside.new"
    end
    return event
end

-- "tests/ember", "valgrind", "rpms/guake"
local function repo_of(msg)
    local body = msg.msg
    local commit = body.commit
    if commit and commit.repo then
        return truthy(commit.namespace) and commit.namespace .. "/" .. commit.repo or commit.repo
    elseif body.name then
        return body.name
    end
    return fedora.event(msg):match("^%a+%.(.+)%.[^.]+$")
end

-- Its place at src.fedoraproject.org: packages, where nothing else is said.
local function place_of(msg)
    local repo = repo_of(msg)
    return repo:find("/", 1, true) and repo or "rpms/" .. repo
end

local function name_of(msg)
    return place_of(msg):match("([^/]+)$")
end

local function branch_of(msg)
    local branch = msg.msg.branch or get(msg, "msg.commit.branch") or fedora.event(msg):match("%.([^.]+)$")
    return re.sub(branch, "^refs/heads/", "")
end

local function user_of(msg)
    return fedora.first(msg.msg.agent, get(msg, "msg.commit.username"))
end

local sentences = {
    receive = '{user} pushed to {repo} ({branch}).  "{headline}"',
    branch = "{user} created branch '{branch}' for the '{repo}' package",
    ["lookaside.new"] = "{user} uploaded {filename} for {repo}",
    ["pkgdb2branch.start"] = "{user} started a run of pkgdb2branch",
    ["pkgdb2branch.complete"] = "run of pkgdb2branch started by {user} completed{errors}",
    ["mass_branch.start"] = "{user} started a mass branch",
    ["mass_branch.complete"] = "mass branch started by {user} completed",
}

function rule.subtitle(msg)
    local sentence = sentences[event_of(msg)]
    local commit, failed = msg.msg.commit, msg.msg.unbranchedPackages
    return sentence and fmt(sentence, {
        user = user_of(msg) or commit.name,
        repo = repo_of(msg),
        branch = branch_of(msg),
        headline = commit and fedora.headline(commit),
        errors = truthy(failed) and " with " .. #failed .. plural(#failed, " error", " errors") or "",
    }, msg.msg)
end

function rule.long_form(msg)
    if event_of(msg) == "lookaside.new" then return fmt("{msg.md5sum}  {msg.filename}", msg) end
end

function rule.link(msg)
    local event = event_of(msg)
    if event == "receive" then
        return fmt("{home}{place}/c/{msg.commit.rev}?branch={branch}", msg,
            { home = rule.home, place = place_of(msg), branch = branch_of(msg) })
    elseif event == "branch" then
        return rule.home .. place_of(msg) .. "/commits/" .. branch_of(msg)
    elseif event == "lookaside.new" then
        local path = truthy(msg.msg.path) and "{path}" or "{name}/{filename}/{md5sum}/{filename}"
        return rule.home .. "lookaside/pkgs/" .. fmt(path, msg.msg)
    end
end

function rule.secondary_icon(msg)
    return avatar(user_of(msg))
end

function rule.usernames(msg)
    return { user_of(msg) }
end

-- The packages of a run: those that got a branch, and those that did not.
local function packages_of_run(msg)
    local packages = {}
    for _, list in ipairs({ msg.msg.branchedPackages, msg.msg.unbranchedPackages }) do
        if truthy(list) then
            for _, package in ipairs(list) do
                table.insert(packages, package)
            end
        end
    end
    return packages
end

function rule.packages(msg)
    local event = event_of(msg)
    if event == "pkgdb2branch.complete" then
        return packages_of_run(msg)
    elseif (event == "receive" or event == "branch" or event == "lookaside.new")
        and place_of(msg):find("^rpms/") then
        return { name_of(msg) }
    end
end

function rule.objects(msg)
    local event = event_of(msg)
    if event == "receive" then
        return fedora.files(msg.msg.commit, name_of(msg) .. "/")
    elseif event == "branch" then
        return { name_of(msg) .. "/__git__" }
    elseif event == "lookaside.new" then
        return { name_of(msg) .. "/" .. msg.msg.filename }
    elseif event == "pkgdb2branch.complete" then
        local objects = {}
        for _, package in ipairs(packages_of_run(msg)) do
            table.insert(objects, package .. "/__git__")
        end
        return objects
    end
end

return rule

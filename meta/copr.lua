-- Copr: builds of anybody's packages, for repositories of their own.

local fedora = shared.fedora

local rule = {
    name = "copr",
    description = "Builds of the Copr build system",
    home = "https://copr.fedorainfracloud.org",
    docs = "https://fedorahosted.org/copr",
    obj = "Copr Builds",
    icon = "https://apps.fedoraproject.org/img/icons/copr.png",
}

local sentences = {
    ["worker.create"] = "a new worker was created",
    ["worker.delete"] = "a worker was deleted",
    ["chroot.start"] = "{user}'s {copr} copr started a new {chroot} chroot",
    ["chroot.end"] = "{user}'s {copr} copr finished with the {chroot} chroot",
    ["build.start"] = "{user} started a new build of the {copr} copr",
    ["build.end"] = "{user}'s {copr} copr build{package} for {chroot} finished with '{status}'",
}

local states = {
    [0] = "failed",
    [1] = "success",
    [2] = "canceled",
    [3] = "running",
    [4] = "pending",
    [5] = "skipped",
    [6] = "starting",
    [7] = "importing",
    [8] = "forked",
}

-- Of a user or, with an "@", of a group. The owner was not told at first, when there were no groups.
local function owner_of(msg)
    return fedora.first(msg.msg.owner, msg.msg.user)
end

local function copr_link(msg)
    return fmt("https://copr.fedoraproject.org/coprs/{owner}/{copr}/",
        { owner = re.sub(owner_of(msg), "^@", "g/"), copr = msg.msg.copr })
end

local function results_link(msg)
    return fmt("https://copr-be.cloud.fedoraproject.org/results/{owner}/{copr}/{chroot}/",
        { owner = owner_of(msg) }, msg.msg)
end

-- "glib2-2.42.2-1.fc21": the version is in "pkg" already, or it is not. What failed early has neither.
local function build_of(msg)
    local pkg, version = msg.msg.pkg, msg.msg.version
    if not truthy(version) then return pkg end
    return pkg:sub(-#version) == version and pkg or pkg .. "-" .. version
end

-- Without a release there is no telling which part is the name.
local function name_of(msg)
    local version = msg.msg.version
    return truthy(version) and version:find("-", 1, true) and fedora.package_of(build_of(msg)) or "?? WHO KNOWS ??"
end

local function state_of(msg)
    return states[msg.msg.status] or "unknown"
end

function rule.subtitle(msg)
    local event = fedora.event(msg)
    if event == "build.end" then
        local package = truthy(msg.msg.pkg) and " of " .. build_of(msg) or ""
        return fmt(sentences[event], { package = package, status = state_of(msg) }, msg.msg)
    end
    return sentences[event] and fmt(sentences[event], msg.msg)
end

function rule.long_form(msg)
    if fedora.event(msg) ~= "build.end" or not truthy(msg.msg.pkg) then return nil end
    local id = string.format("%08d", msg.msg.build)
    return fmt([[
Package:  {package}
COPR:     {owner}/{copr}
Built by: {user}
Status:   {status}
ID:       {id}

Logs:
  Build:     {results}{id}-{name}/build.log.gz
  Root:      {results}{id}-{name}/root.log.gz
  Copr:      {results}build-{id}.log
  Mockchain: {results}{id}-{name}/mockchain.log.gz
Results:     {results}{id}-{name}/
Repodata:    {results}repodata/
]], {
        package = build_of(msg),
        name = name_of(msg),
        owner = owner_of(msg),
        status = state_of(msg),
        id = id,
        results = results_link(msg),
    }, msg.msg)
end

function rule.link(msg)
    local event = fedora.event(msg)
    if event:find("^worker%.") then
        return "https://copr.fedoraproject.org"
    elseif event:find("^chroot%.") then
        return results_link(msg)
    end
    return fmt("{copr}build/{msg.build}/", { copr = copr_link(msg) }, msg)
end

function rule.secondary_icon(msg)
    return msg.msg.user and avatar(msg.msg.user)
end

function rule.usernames(msg)
    return { msg.msg.user }
end

function rule.objects(msg)
    local event = fedora.event(msg)
    if event:find("^worker%.") then
        return { "coprs/" .. event }
    elseif event:find("^chroot%.") then
        return { fmt("coprs/{copr}/{event}/{chroot}", { event = event }, msg.msg) }
    end
    return { fmt("coprs/{copr}/{event}", { event = event }, msg.msg) }
end

-- A rebuild starts in each chroot; where all of them had started before, only their ends are seen.
local function rebuilds_in(messages)
    local starts, ends = 0, 0
    for _, msg in ipairs(messages) do
        local event = fedora.event(msg)
        starts = starts + (event == "build.start" and 1 or 0)
        ends = ends + (event == "build.end" and 1 or 0)
    end
    return math.max(starts, starts == 0 and ends or 0, 1)
end

rule.conglomerators = {
    -- What happens in one copr of a user.
    {
        can_handle = function(msg)
            return msg.msg.copr and msg.msg.user
        end,
        matches = function(a, b)
            return a.msg.user == b.msg.user and copr_link(a) == copr_link(b)
        end,
        merge = function(messages, subject, entry)
            local n = rebuilds_in(messages)
            local words = {
                n = n,
                rebuilds = plural(n, "rebuild", "rebuilds"),
                copr = messages[1].msg.copr,
                user = messages[1].msg.user,
            }
            local sentence = "{user} kicked off {n} {rebuilds} of the {copr} copr"
            entry.subtitle = fmt(sentence, words)
            words.user = fedora.you(words.user, subject)
            entry.subjective = fmt(sentence, words)
            entry.link = copr_link(messages[1])
            return entry
        end,
    },
}

return rule

-- Bodhi, where updates are submitted, tested by the users, and pushed to the mirrors.

local fedora = shared.fedora

local rule = {
    name = "bodhi",
    description = "The updates of Fedora and EPEL",
    home = "https://bodhi.fedoraproject.org/",
    docs = "https://bodhi.fedoraproject.org/docs/",
    obj = "Package Updates",
    icon = "https://apps.fedoraproject.org/img/icons/bodhi.png",
}

local bodhi = "https://bodhi.fedoraproject.org"

local sentences = {
    ["update.create"] = "{agent} created {title}",
    ["update.edit"] = "{agent} edited {title}",
    ["update.delete"] = "{agent} deleted {title}",
    ["update.comment"] = "{author} commented on bodhi update {title} (karma: {msg.comment.karma})",
    ["update.request.testing"] = "{agent} submitted {title} to testing",
    ["update.request.batched"] = "{agent} submitted {title} to batched",
    ["update.request.stable"] = "{agent} submitted {title} to stable",
    ["update.request.unpush"] = "{agent} unpushed {title}",
    ["update.request.obsolete"] = "{agent} obsoleted {title}",
    ["update.request.revoke"] = "{agent} revoked {title}",
    ["update.complete.testing"] = "{submitter}'s {title} bodhi update completed push to testing",
    ["update.complete.stable"] = "{submitter}'s {title} bodhi update completed push to stable",
    ["update.eject"] = "{submitter}'s {title} bodhi update was ejected from the {msg.repo} mash.  "
        .. 'Reason: "{msg.reason}"',
    ["update.karma.threshold"] = "{title} reached the {msg.status} karma threshold",
    ["update.karma.threshold.reach"] = "{title} reached the {msg.status} karma threshold",
    ["update.requirements_met.stable"] = "{title} reached the stable testing threshold",
    ["errata.publish"] = "{msg.subject}",
    ["buildroot_override.tag"] = "{submitter} submitted a buildroot override for {build}",
    ["buildroot_override.untag"] = "{submitter} expired a buildroot override for {build}",
    ["stack.save"] = '{agent} updated the "{msg.stack.name}" stack',
    ["stack.delete"] = '{agent} deleted the "{msg.stack.name}" stack',
    ["updates.fedora.sync"] = "New Fedora {msg.release} {msg.repo} content synced out "
        .. "({msg.bytes} changed with {msg.deleted} files deleted)",
    ["updates.epel.sync"] = "New EPEL {msg.release} {msg.repo} content synced out "
        .. "({msg.bytes} changed with {msg.deleted} files deleted)",
    ["masher.start"] = "{agent} requested a mash of {updates}",
    ["mashtask.start"] = "bodhi masher started a push",
    ["mashtask.mashing"] = "bodhi masher started mashing {msg.repo}",
    ["mashtask.sync.wait"] = "bodhi masher is waiting for {msg.repo} to hit the master mirror",
    ["mashtask.sync.done"] = "bodhi masher finished waiting for {msg.repo} to hit the master mirror",
    ["mashtask.complete"] = "bodhi masher {mashed} {msg.repo}",
    ["composer.start"] = "{agent} requested a mash of {updates}",
    ["compose.start"] = "bodhi composer started a run",
    ["compose.composing"] = "bodhi {msg.ctype} compose of repo {msg.repo} started",
    ["compose.sync.wait"] = "bodhi composer is waiting for {msg.repo} to hit the master mirror",
    ["compose.sync.done"] = "bodhi composer finished waiting for {msg.repo} to hit the master mirror",
    ["compose.complete"] = "bodhi {msg.ctype} compose of repo {msg.repo} {ended}",
    ["repo.done"] = "bodhi repo {msg.repo} created",
}

-- Users and builds are texts in messages of the first Bodhi, and objects in those of the later ones.
local function user(value)
    return kind(value) == "object" and value.name or value
end

-- The update, or what a comment tells of it.
local function update(msg)
    local update = msg.msg.update or get(msg, "msg.comment.update")
    return kind(update) == "object" and update or nil
end

local function title(msg)
    return get(msg, "msg.comment.update_title") or update(msg).title
end

-- Who wrote the comment; people without an account leave an address.
local function author(msg)
    return msg.msg.comment and user(fedora.first(msg.msg.comment.author, msg.msg.comment.user))
end

-- Whose update, or override, it is.
local function submitter(msg)
    local of = msg.msg.override or msg.msg.update
    return of and user(fedora.first(of.submitter, of.user))
end

local function build(msg)
    local build = msg.msg.override.build
    return kind(build) == "object" and build.nvr or build
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, {
        agent = rule.agent(msg),
        author = author(msg),
        submitter = submitter(msg),
        title = (msg.msg.update or msg.msg.comment) and title(msg),
        build = msg.msg.override and build(msg),
        updates = msg.msg.updates and #msg.msg.updates .. plural(#msg.msg.updates, " update", " updates")
            or "some updates",
        mashed = fedora.either(msg.msg.success, "successfully mashed", "failed to mash"),
        ended = fedora.either(msg.msg.success, "succeeded", "failed"),
    }, msg)
end

function rule.long_form(msg)
    return msg.msg.body or get(msg, "msg.comment.text")
end

-- Where the mirrors have it: since Fedora 28, releases have a part for modules ("30m") and one for everything else.
local function mirrored(msg)
    local number, modular = re.match(msg.msg.release, [[^(\d+)(m?)$]])
    local part = modular == "m" and "Modular/" or tonumber(number) >= 28 and "Everything/" or ""
    local folders = {
        ["epel"] = "epel/" .. number .. "/",
        ["epel-testing"] = "epel/testing/" .. number .. "/",
        ["updates"] = "fedora/linux/updates/" .. number .. "/" .. part,
        ["updates-testing"] = "fedora/linux/updates/testing/" .. number .. "/" .. part,
        ["atomic"] = "fedora/linux/atomic/" .. number .. "/",
    }
    return "https://download.fedoraproject.org/pub/" .. folders[msg.msg.repo]
end

local function update_link(msg)
    local alias = fedora.first(get(update(msg) or {}, "alias"), get(msg, "msg.comment.update_alias"))
    return bodhi .. "/updates/" .. (alias or title(msg):gsub(" ", "%%20"))
end

function rule.link(msg)
    if msg.msg.update or msg.msg.comment then
        return update_link(msg)
    elseif msg.msg.override then
        return bodhi .. "/overrides/" .. build(msg)
    elseif msg.msg.stack then
        return bodhi .. "/stacks/" .. msg.msg.stack.name
    elseif fedora.event(msg):match("^updates%.") then
        return mirrored(msg)
    end
    return bodhi
end

-- Whom the sentence begins with.
function rule.secondary_icon(msg)
    local event = fedora.event(msg)
    local name = (event:match("^update%.complete") or event == "update.eject") and submitter(msg) or rule.agent(msg)
    return name and fedora.picture(name) or rule.icon
end

function rule.usernames(msg)
    local names = fedora.users({ msg.msg.agent, author(msg), submitter(msg) })
    for name in re.gmatch(get(msg, "msg.comment.text") or "", [[(?:^|[\s(])@(\w[\w-]*)]]) do
        table.insert(names, name)
    end
    return names
end

-- Who did it.
function rule.agent(msg)
    return fedora.first(msg.msg.agent, author(msg), submitter(msg))
end

function rule.packages(msg)
    local names = {}
    local builds = get(update(msg) or {}, "builds")
    if truthy(builds) then
        for _, build in ipairs(builds) do
            table.insert(names, fedora.package_of(build.nvr))
        end
    elseif msg.msg.update or msg.msg.comment then
        for nvr in title(msg):gmatch("[^ ,]+") do
            table.insert(names, fedora.package_of(nvr))
        end
    elseif msg.msg.override then
        table.insert(names, fedora.package_of(build(msg)))
    elseif msg.msg.stack then
        for _, package in ipairs(msg.msg.stack.packages) do
            table.insert(names, package.name)
        end
    end
    return names
end

function rule.objects(msg)
    local objects = {}
    for _, package in ipairs(rule.packages(msg)) do
        table.insert(objects, "packages/" .. package)
    end
    local repository = fedora.event(msg):match("^updates%.(%w+)%.sync$")
    if repository then
        table.insert(objects, fmt("{repository}/{msg.repo}/{msg.release}", { repository = repository }, msg))
    elseif msg.msg.repo and not msg.msg.update then
        table.insert(objects, "repos/" .. msg.msg.repo)
    elseif msg.msg.stack then
        table.insert(objects, "stacks/" .. msg.msg.stack.name)
    end
    return objects
end

-- Of messages that belong together: all that list(message) gives.
local function all(messages, list)
    local together = {}
    for _, msg in ipairs(messages) do
        for _, element in ipairs(list(msg)) do
            table.insert(together, element)
        end
    end
    return together
end

-- Fills in the entry of several messages. {users} of the sentence is "You" for whom it is told to.
local function told(entry, subject, sentence, messages, words, link)
    words.n = #messages
    words.packages = series(all(messages, rule.packages))
    entry.subtitle = fmt(sentence, { users = series(entry.usernames) }, words)
    entry.subjective = fmt(sentence, { users = fedora.series(entry.usernames, subject) }, words)
    entry.link = link
    entry.secondary_icon = #entry.usernames == 1 and avatar(entry.usernames[1]) or rule.icon
    return entry
end

local function releases(messages)
    return series(all(messages, function(msg) return { msg.msg.update.release.name } end))
end

-- "testing" of submitted updates, nil of all else
local function request(msg)
    local request = fedora.event(msg):match("^update%.request%.(%w+)$")
    return (request == "testing" or request == "stable" or request == "batched") and request
end

local function same_request(a, b)
    return request(a) == request(b)
end

local function same_agent(a, b)
    return a.msg.agent == b.msg.agent
end

local function same_packages(a, b)
    return series(rule.packages(a), 1000) == series(rule.packages(b), 1000)
end

rule.conglomerators = {
    {
        can_handle = function(msg) return fedora.event(msg) == "update.comment" end,
        matches = function(a, b) return title(a) == title(b) end,
        merge = function(messages, subject, entry)
            return told(entry, subject, "{users} commented on {title}", messages,
                { title = title(messages[1]) }, update_link(messages[1]))
        end,
    },
    {
        can_handle = function(msg) return request(msg) end,
        matches = function(a, b) return same_request(a, b) and same_packages(a, b) and same_agent(a, b) end,
        merge = function(messages, subject, entry)
            return told(entry, subject, "{users} submitted {n} {packages} {request} updates for {releases}", messages,
                { request = request(messages[1]), releases = releases(messages) },
                bodhi .. "/updates/" .. rule.packages(messages[1])[1])
        end,
    },
    {
        can_handle = function(msg) return request(msg) end,
        matches = function(a, b) return same_request(a, b) and same_packages(a, b) end,
        merge = function(messages, subject, entry)
            return told(entry, subject, "{users} submitted {n} {packages} updates for {releases}", messages,
                { releases = releases(messages) }, bodhi .. "/updates/" .. rule.packages(messages[1])[1])
        end,
    },
    {
        can_handle = function(msg) return request(msg) end,
        matches = function(a, b) return same_request(a, b) and same_agent(a, b) end,
        merge = function(messages, subject, entry)
            return told(entry, subject, "{users} submitted {packages} updates for {releases}", messages,
                { releases = releases(messages) }, bodhi .. "/users/" .. messages[1].msg.agent)
        end,
    },
    {
        can_handle = function(msg) return msg.msg.override end,
        matches = function(a, b) return a.topic == b.topic and submitter(a) == submitter(b) end,
        merge = function(messages, subject, entry)
            local did = fedora.event(messages[1]):match("untag") and "expired" or "submitted"
            local dists = all(messages, function(msg) return { build(msg):match("[^.]+$") } end)
            return told(entry, subject, "{users} {did} {n} overrides for {packages} on {dists}", messages,
                { did = did, dists = series(dists) }, bodhi .. "/overrides/?user=" .. submitter(messages[1]))
        end,
    },
}

return rule

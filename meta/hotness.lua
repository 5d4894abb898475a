-- The-new-hotness, which files bugs when there is a new version of what a package is made of.

local fedora = shared.fedora

local rule = {
    name = "hotness",
    description = "Bugs for new versions of packages",
    home = "https://release-monitoring.org",
    docs = "https://fedoraproject.org/wiki/Upstream_release_monitoring",
    obj = "New Versions",
    icon = "https://apps.fedoraproject.org/packages/images/icons/package_128x128.png",
}

-- Why there is no bug.
local reasons = {
    anitya = "release-monitoring.org doesn't know what that package is called in Fedora land",
    bugzilla = "a bug for it was filed already",
    pkgdb = "pkgdb says the maintainers are not interested in bugs being filed",
    rawhide = "that version is in rawhide already",
}

-- Everything it does is triggered by a message of another service.
local function triggered_by(msg, service)
    return msg.msg.trigger.topic:find("." .. service .. ".", 1, true)
end

-- The project at release-monitoring.org
local function project(msg)
    return msg.msg.project or get(msg, "msg.trigger.msg.project")
end

-- Its package in Fedora, nil where there is none, or for a scratch build
local function package(msg)
    local trigger = msg.msg.trigger.msg
    if triggered_by(msg, "anitya") then
        for _, package in ipairs(trigger.message.packages) do
            if package.distro == "Fedora" then return package.package_name end
        end
    elseif triggered_by(msg, "pkgdb") then
        return trigger.package_name or trigger.package.name
    end
    return trigger.srpm == nil and trigger.name or nil
end

local function build(msg)
    local trigger = msg.msg.trigger.msg
    if trigger.srpm then
        return "scratch build of " .. trigger.srpm, fedora.task_states[trigger.new]
    end
    local state = trigger.new == 3 and "failed" or fedora.build_states[trigger.new]
    return fmt("build of {name}-{version}-{release}", trigger), state
end

local function mapped(msg)
    local words = { package = package(msg), project = truthy(msg.msg.project) and msg.msg.project.name or nil }
    local success = truthy(msg.msg.success)
    if success and words.project then
        return fmt("hotness mapped {package} to the pre-existing upstream project {project}", words)
    elseif success then
        return fmt("hotness added a new upstream project for {package}", words)
    elseif words.project then
        return fmt("hotness failed to map {package} to the pre-existing upstream project {project}", words)
    elseif truthy(msg.msg.total) then
        return fmt("hotness could not map {package} to one of {msg.total} matching upstream projects", words, msg)
    elseif truthy(msg.msg.reason) then
        return fmt('hotness failed to add a new upstream project for {package}: "{msg.reason}"', words, msg)
    end
    return fmt("hotness failed to add a new upstream project for {package}", words)
end

function rule.subtitle(msg)
    local event = fedora.event(msg)
    if event == "update.bug.file" then
        return "the-new-hotness filed a bug on " .. package(msg)
    elseif event == "update.bug.followup" then
        local build, state = build(msg)
        return fmt("{build} for RHBZ#{msg.bug.bug_id} {state}", { build = build, state = state }, msg)
    elseif event == "update.drop" then
        return fmt("the-new-hotness saw an update for {name}, but {reason}",
            { name = package(msg) or project(msg).name, reason = reasons[msg.msg.reason] })
    elseif event == "project.map" then
        return mapped(msg)
    end
end

function rule.link(msg)
    if msg.msg.bug then
        local bugzilla = fedora.is_staging(msg) and "partner-bugzilla" or "bugzilla"
        return "https://" .. bugzilla .. ".redhat.com/show_bug.cgi?id=" .. msg.msg.bug.bug_id
    elseif truthy(project(msg)) then
        return rule.home .. "/project/" .. project(msg).id .. "/"
    end
    return rule.home
end

function rule.secondary_icon(msg)
    return package(msg) and fedora.package_icon(package(msg)) or rule.icon
end

function rule.packages(msg)
    return { package(msg) }
end

function rule.objects(msg)
    local objects = {}
    if msg.msg.bug then
        table.insert(objects, "bugs/" .. msg.msg.bug.bug_id)
    end
    if package(msg) then
        table.insert(objects, "packages/" .. package(msg))
    end
    if truthy(project(msg)) then
        table.insert(objects, "projects/" .. project(msg).name)
    end
    return objects
end

return rule

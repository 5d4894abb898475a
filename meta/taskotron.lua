-- Taskotron: runs checks on builds and updates.

local fedora = shared.fedora

local rule = {
    name = "taskotron",
    description = "Results of the checks of builds and updates",
    home = "https://taskotron.fedoraproject.org/",
    docs = "https://fedoraproject.org/wiki/Taskotron",
    obj = "Taskotron Results",
    icon = "https://apps.fedoraproject.org/img/icons/taskotron.png",
}

-- The packages of a build, or of an update of the time when updates were named by their builds:
-- "nss-3.17-1.fc20,nspr-4.10-1.fc20". What else is checked does not tell.
local function packages_of(msg)
    local task, packages = msg.msg.task, {}
    if task.type == "koji_build" or task.type == "bodhi_update" and not task.item:find("^FEDORA%-") then
        for _, build in ipairs(split(task.item, ",")) do
            table.insert(packages, fedora.package_of(build))
        end
    end
    return packages
end

function rule.subtitle(msg)
    if fedora.event(msg) == "result.new" then
        return fmt("{task.name} {result.outcome} for {task.item}", msg.msg)
    end
end

function rule.link(msg)
    return fedora.first(msg.msg.result.log_url, msg.msg.result.job_url)
end

function rule.secondary_icon(msg)
    local package = packages_of(msg)[1]
    return package and fedora.package_icon(package)
end

function rule.packages(msg)
    return packages_of(msg)
end

function rule.objects(msg)
    local items, objects = packages_of(msg), {}
    if #items == 0 then
        items = { msg.msg.task.item }
    end
    for _, item in ipairs(items) do
        table.insert(objects, fmt("{task.name}/{item}/{result.outcome}", { item = item }, msg.msg))
    end
    return objects
end

return rule

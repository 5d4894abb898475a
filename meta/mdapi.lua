-- Mdapi: answers questions about the packages in repositories, and tells what changed in them.

local fedora = shared.fedora

local rule = {
    name = "mdapi",
    description = "Changes of the repositories of packages",
    home = "https://apps.fedoraproject.org/mdapi",
    docs = "https://apps.fedoraproject.org/mdapi",
    obj = "Repo Updates",
    icon = "https://apps.fedoraproject.org/packages/images/icons/package_128x128.png",
}

-- At first a message told of every row that differs, by the table of the repository. The first column of a row names
-- a package, with its architecture in some tables; of files, the third does.
local function packages_in(differences)
    local packages = {}
    for name, changes in pairs(differences) do
        local column = name == "files" and 3 or 1
        for _, rows in pairs(changes) do
            for _, row in ipairs(rows) do
                packages[re.sub(row[column], "\\(.*\\)$", "")] = true
            end
        end
    end
    local list = {}
    for package in pairs(packages) do
        table.insert(list, package)
    end
    return list
end

function rule.subtitle(msg)
    if fedora.event(msg) == "repo.update" then
        return fmt("mdapi noticed a {msg.name} repomd change: {packages}", msg,
            { packages = series(rule.packages(msg)) })
    end
end

function rule.link(msg)
    return "https://download.fedoraproject.org/pub/" .. msg.msg.url
end

function rule.secondary_icon(msg)
    return rule.icon
end

function rule.packages(msg)
    return msg.msg.packages or packages_in(msg.msg.differences)
end

function rule.objects(msg)
    local objects = {}
    for _, package in ipairs(rule.packages(msg)) do
        table.insert(objects, msg.msg.name .. "/" .. package)
    end
    return objects
end

return rule

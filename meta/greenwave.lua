-- Greenwave: decides whether test results are good enough for a build, update or compose to go on.

local fedora = shared.fedora

local rule = {
    name = "greenwave",
    description = "Decisions whether software has passed its tests",
    home = "greenwave-web-greenwave.app.os.fedoraproject.org/api/v1.0/policies",
    docs = "https://pagure.io/docs/greenwave/",
    obj = "Greenwave Decisions",
    icon = "https://apps.fedoraproject.org/img/icons/greenwave.png",
}

-- What the decision is about: a list, at first, of which some members only add what else is known of a build.
local function subjects_of(msg)
    local body = msg.msg
    if body.subject_identifier then
        return { { item = body.subject_identifier, type = body.subject_type } }
    end
    local subjects = {}
    for _, subject in ipairs(body.subject) do
        if subject.item then
            table.insert(subjects, subject)
        end
    end
    return subjects
end

-- The member was misspelt for some time.
local function is_satisfied(msg)
    local body = msg.msg
    return truthy(body.policies_satisfied) or truthy(body.policies_satisified)
end

function rule.subtitle(msg)
    if fedora.event(msg) ~= "decision.update" then return nil end
    local items = {}
    for _, subject in ipairs(subjects_of(msg)) do
        table.insert(items, subject.item)
    end
    return fmt('greenwave says {verdict} on {items} for "{decision_context}" ({product_version})',
        { verdict = is_satisfied(msg) and "GO" or "NO-GO", items = series(items) }, msg.msg)
end

function rule.link(msg)
    local subject = subjects_of(msg)[1]
    return fmt("https://taskotron.fedoraproject.org/resultsdb/results?item={item}&type={type}",
        { item = urlencode(subject.item), type = urlencode(subject.type) })
end

function rule.secondary_icon(msg)
    local package = rule.packages(msg)[1]
    return package and fedora.package_icon(package)
end

function rule.packages(msg)
    local packages = {}
    for _, subject in ipairs(subjects_of(msg)) do
        if subject.type == "koji_build" then
            table.insert(packages, fedora.package_of(subject.item))
        end
    end
    return packages
end

return rule

-- Rats, through which tests are requested to run again.

local fedora = shared.fedora

local rule = {
    name = "rats",
    description = "Requests to run a test again",
    home = "https://pagure.io/rats",
    docs = "https://pagure.io/rats",
    obj = "Tests",
    icon = "https://apps.fedoraproject.org/packages/images/icons/package_128x128.png",
}

local object_names = { ["atomic-ci"] = "AtomicCI" }

-- "taskotron" of rats.test.taskotron
local function test(msg)
    return fedora.event(msg):match("^test%.([^.]+)$")
end

function rule.subtitle(msg)
    local words = { test = test(msg) }
    if truthy(msg.msg.result_id) then
        return fmt([[{msg.agent} requested a run of {test} on resultsdb's result id: "{msg.result_id}"]], words, msg)
    end
    return fmt('{msg.agent} requested a run of {test} on "{msg.identifier}"', words, msg)
end

function rule.link(msg)
    if truthy(msg.msg.pull_request) then
        return "https://src.fedoraproject.org/" .. msg.msg.identifier
    end
    return null
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.agent)
end

function rule.usernames(msg)
    return { msg.msg.agent }
end

function rule.objects(msg)
    local on = truthy(msg.msg.result_id) and "resultsdb/" .. msg.msg.result_id or msg.msg.identifier
    return { (object_names[test(msg)] or test(msg)) .. "/" .. on }
end

return rule

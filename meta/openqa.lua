-- openQA, which installs composes and updates in virtual machines to test them.

local fedora = shared.fedora

local rule = {
    name = "openqa",
    description = "Tests of composes and updates",
    home = "https://openqa.fedoraproject.org",
    docs = "https://fedoraproject.org/wiki/OpenQA",
    obj = "Test Jobs",
    icon = "https://apps.fedoraproject.org/img/icons/openqa.png",
}

local sentences = {
    ["job.create"] = "{job} created for {build}",
    ["job.delete"] = "{job} deleted for {build}",
    ["job.cancel"] = "{job} cancelled for {build}",
    ["job.restart"] = "{job} restarted as {msg.result} for {build}",
    ["job.duplicate"] = "{job} {how} duplicated as {msg.result} for {build}",
    ["job.done"] = "{job} completed{result} for {build}, {msg.remaining} remaining {jobs}",
    ["comment.create"] = "{msg.user} created comment #{msg.id} on openQA {on} {target}, text: {text}",
    ["comment.update"] = "{msg.user} updated comment #{msg.id} on openQA {on} {target}, text: {text}",
    ["comment.delete"] = "{msg.user} deleted comment #{msg.id} on openQA {on} {target}, text: {text}",
}

-- Settings of the job are in capitals; at first there was only the build.
local function build(msg)
    return msg.msg.BUILD or msg.msg.build
end

local function job(msg)
    local text = (fedora.is_staging(msg) and "staging job " or "job ") .. msg.msg.id
    local medium = truthy(msg.msg.ISO) and "iso {ISO}" or truthy(msg.msg.HDD_1) and "disk {HDD_1}"
    if msg.msg.TEST and medium then
        text = text .. fmt(" (test {TEST} on {MACHINE} for " .. medium .. ")", msg.msg)
    elseif msg.msg.TEST then
        text = text .. fmt(" (test {TEST} on {MACHINE})", msg.msg)
    end
    return text
end

-- A comment is on a job, or on a group of them.
local function commented(msg)
    if truthy(msg.msg.job_id) then return "job", msg.msg.job_id end
    return "group", msg.msg.group_id
end

local function is_comment(msg)
    return fedora.event(msg):find("^comment%.")
end

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    local on, target = commented(msg)
    return sentence and fmt(sentence, {
        job = job(msg),
        build = build(msg),
        how = truthy(msg.msg.auto) and tonumber(msg.msg.auto) ~= 0 and "automatically" or "manually",
        result = truthy(msg.msg.result) and " with result " .. msg.msg.result or "",
        jobs = plural(msg.msg.remaining or 0, "job", "jobs"),
        on = on,
        target = target,
        text = msg.msg.text and truncate(msg.msg.text, 30, "..."),
    }, msg)
end

function rule.link(msg)
    local openqa = fedora.is_staging(msg) and "https://openqa.stg.fedoraproject.org" or rule.home
    if not is_comment(msg) then return openqa .. "/tests/" .. msg.msg.id end
    local on, id = commented(msg)
    return openqa .. (on == "job" and "/tests/" .. id .. "#comments" or "/group_overview/" .. id)
end

function rule.secondary_icon(msg)
    return msg.msg.user and avatar(msg.msg.user)
end

function rule.usernames(msg)
    return { msg.msg.user }
end

function rule.objects(msg)
    if is_comment(msg) then
        local _, id = commented(msg)
        return { id }
    end
    return { build(msg), msg.msg.ISO, msg.msg.HDD_1 }
end

return rule

-- WaiverDB: test results that somebody has decided not to care about.

local fedora = shared.fedora

local rule = {
    name = "waiverdb",
    description = "Waivers of test results",
    home = "https://pagure.io/waiverdb",
    docs = "https://pagure.io/docs/waiverdb/",
    obj = "Waivers",
    icon = "https://apps.fedoraproject.org/img/icons/waiverdb.png",
}

function rule.subtitle(msg)
    local body = msg.msg
    if fedora.event(msg) ~= "waiver.new" then return nil end
    local sentence = "{username} {did} {result} ({product_version})"
    if truthy(body.comment) then
        sentence = sentence .. ': "{comment}"'
    end
    -- Since 2018 a waiver names the test and what was tested.
    local result = truthy(body.result_id) and "result {result_id}" or "{testcase} for {subject_identifier}"
    return fmt(sentence, { did = fedora.either(body.waived, "waived", "unwaived"), result = fmt(result, body) }, body)
end

function rule.link(msg)
    return fmt("https://waiverdb-web-waiverdb.app.os.fedoraproject.org/api/v1.0/waivers/{id}", msg.msg)
end

function rule.secondary_icon(msg)
    return avatar(msg.msg.username)
end

function rule.usernames(msg)
    return { msg.msg.username }
end

function rule.packages(msg)
    local body = msg.msg
    return body.subject_type == "koji_build" and { fedora.package_of(body.subject_identifier) } or {}
end

return rule

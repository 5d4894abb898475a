-- Nagios, which watches the hosts and services of the infrastructure.

local fedora = shared.fedora

local rule = {
    name = "nagios",
    description = "The state of hosts and services",
    home = "https://admin.fedoraproject.org/nagios",
    docs = "https://docs.fedoraproject.org/en-US/infra/sysadmin_guide/nagios/",
    obj = "Hosts and Services",
    icon = "https://apps.fedoraproject.org/img/icons/nagios-logo.png",
}

-- {what} is a host, or a service; {on}, behind a service, the host it runs on.
local sentences = {
    PROBLEM = "{what} is {state}{on}",
    RECOVERY = "{what} is back up{on}",
    ACKNOWLEDGEMENT = "{author} acknowledged that {what} is {state}{on}",
    FLAPPINGSTART = "{what} started flapping{on}",
    FLAPPINGSTOP = "{what} stopped flapping{on}",
    FLAPPINGDISABLED = "{what} is no longer watched for flapping{on}",
    DOWNTIMESTART = "{what} went into scheduled downtime{on}",
    DOWNTIMEEND = "{what} came out of scheduled downtime{on}",
    DOWNTIMECANCELLED = "the scheduled downtime of {what}{on} was cancelled",
}

local states = {
    CRITICAL = "down",
    DOWN = "down",
    OK = "up",
    UP = "up",
    UNREACHABLE = "unreachable",
    WARNING = "in a warning state",
    UNKNOWN = "in an unknown state",
}

local function is_host(msg)
    return fedora.event(msg):match("^host%.")
end

-- Who acknowledged it, nil where nobody did.
local function author(msg)
    local openid = is_host(msg) and msg.msg.host_ack_author or msg.msg.service_ack_author
    return truthy(openid) and fedora.user_of_openid(openid) or nil
end

function rule.subtitle(msg)
    local sentence = sentences[msg.msg.type]
    if not sentence then return nil end
    local is_service = not is_host(msg)
    local text = fmt(sentence, {
        what = is_service and fedora.first(msg.msg.service, "a service") or msg.msg.host,
        on = is_service and " on " .. msg.msg.host or "",
        state = states[msg.msg.state],
        author = author(msg) or "somebody",
    })
    if truthy(msg.msg.output) then
        text = text .. ': "' .. msg.msg.output .. '"'
    end
    return text
end

function rule.link(msg)
    return fmt("https://admin.fedoraproject.org/nagios/cgi-bin/status.cgi?navbarsearch=1&host={msg.host}", msg)
end

function rule.secondary_icon(msg)
    return author(msg) and avatar(author(msg)) or rule.icon
end

function rule.usernames(msg)
    return { author(msg) }
end

function rule.objects(msg)
    return { msg.msg.host .. "/" .. (not is_host(msg) and msg.msg.service or "state") }
end

return rule

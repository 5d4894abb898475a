-- The calendar of meetings.

local fedora = shared.fedora

local rule = {
    name = "fedocal",
    description = "The calendar of meetings",
    home = "https://apps.fedoraproject.org/calendar",
    docs = "https://fedocal.readthedocs.org",
    obj = "Calendars and Meetings",
    icon = "https://apps.fedoraproject.org/calendar/static/calendar.png",
}

local meeting = 'the "{meeting.meeting_name}" meeting from the "{calendar.calendar_name}" calendar'

local sentences = {
    ["calendar.new"] = '{agent} created a whole new "{calendar.calendar_name}" calendar',
    ["calendar.update"] = '{agent} updated the "{calendar.calendar_name}" calendar',
    ["calendar.upload"] = '{agent} uploaded an iCalendar file into the calendar "{calendar.calendar_name}"',
    ["calendar.clear"] = '{agent} cleared the "{calendar.calendar_name}" calendar of all its meetings',
    ["calendar.delete"] = '{agent} deleted the "{calendar.calendar_name}" calendar',
    ["meeting.new"] = '{agent} created a "{meeting.meeting_name}" meeting in the "{calendar.calendar_name}" calendar',
    ["meeting.update"] = "{agent} updated " .. meeting,
    ["meeting.delete"] = "{agent} deleted " .. meeting,
    ["meeting.reminder"] = "Reminder: " .. meeting
        .. " starts on {meeting.meeting_date} at {meeting.meeting_time_start} ({meeting.meeting_timezone})",
}

function rule.subtitle(msg)
    local sentence = sentences[fedora.event(msg)]
    return sentence and fmt(sentence, msg.msg)
end

function rule.link(msg)
    if has(msg, "msg.meeting") then
        return fmt("https://apps.fedoraproject.org/calendar/meeting/{msg.meeting.meeting_id}/", msg)
    end
    return "https://apps.fedoraproject.org/calendar/" .. urlencode(msg.msg.calendar.calendar_name) .. "/"
end

-- Nobody reminds: the calendar does.
function rule.secondary_icon(msg)
    return has(msg, "msg.agent") and avatar(msg.msg.agent) or nil
end

function rule.usernames(msg)
    return { msg.msg.agent }
end

-- awesome/update, awesome/meetings/wat/new
function rule.objects(msg)
    local what = msg.topic:match("[^.]+$")
    if has(msg, "msg.meeting") then what = "meetings/" .. msg.msg.meeting.meeting_name .. "/" .. what end
    return { msg.msg.calendar.calendar_name .. "/" .. what }
end

return rule

-- FAF, the ABRT server: crashes that users report, counted.

local fedora = shared.fedora

local rule = {
    name = "faf",
    description = "Crashes that were reported often",
    home = "https://retrace.fedoraproject.org",
    docs = "https://github.com/abrt/faf/wiki",
    obj = "ABRT Reports and Problems",
    icon = "https://apps.fedoraproject.org/packages/images/icons/abrt.png",
}

local function components_of(msg)
    return table.concat(msg.msg.components, ", ")
end

function rule.subtitle(msg)
    -- "report.threshold100", "problem.threshold1000"
    local kind = fedora.event(msg):match("^(%a+)%.threshold%d+$")
    return kind and fmt("ABRT {kind} for package {components} has reached {count} occurrences",
        { kind = kind, components = components_of(msg) }, msg.msg)
end

function rule.long_form(msg)
    return fmt([[
Packages: {components}
Function: {function}
First occurrence: {first_occurrence}
Type:     {type}
Count:    {count}
URL:      {url}
]], { components = components_of(msg) }, msg.msg)
end

function rule.link(msg)
    return msg.msg.url
end

function rule.secondary_icon(msg)
    return fedora.package_icon(msg.msg.components[1])
end

function rule.packages(msg)
    return msg.msg.components
end

return rule

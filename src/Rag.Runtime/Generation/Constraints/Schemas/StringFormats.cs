namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>The formats of strings as patterns: RFC 3339 for dates and times, RFC 4122 for UUIDs, RFC 3986 for URIs, RFC 1123 for hosts; for addresses of mail the part of RFC 5321 in common use.</summary>
internal static class StringFormats
{
    private const string Year = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})";
    private const string LeapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
    private const string Date =
        "(?:" + Year + "-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|" + LeapYear + "-02-29)";

    private const string Time = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,7})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
    private const string ClockSpan = "T(?:[0-9]{1,9}H(?:[0-9]{1,9}M(?:[0-9]{1,9}S)?)?|[0-9]{1,9}M(?:[0-9]{1,9}S)?|[0-9]{1,9}S)";
    private const string DaySpan = "(?:[0-9]{1,9}D|[0-9]{1,9}M(?:[0-9]{1,9}D)?|[0-9]{1,9}Y(?:[0-9]{1,9}M(?:[0-9]{1,9}D)?)?)";
    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private const string Address4 = Octet + "(?:\\." + Octet + "){3}";
    private const string Group = "[0-9A-Fa-f]{1,4}";
    private const string Address6 =
        "(?:(?:" + Group + ":){7}" + Group
        + "|::(?:" + Group + "(?::" + Group + "){0,6})?"
        + "|" + Group + "::(?:" + Group + "(?::" + Group + "){0,5})?"
        + "|" + Group + "(?::" + Group + "){1}::(?:" + Group + "(?::" + Group + "){0,4})?"
        + "|" + Group + "(?::" + Group + "){2}::(?:" + Group + "(?::" + Group + "){0,3})?"
        + "|" + Group + "(?::" + Group + "){3}::(?:" + Group + "(?::" + Group + "){0,2})?"
        + "|" + Group + "(?::" + Group + "){4}::(?:" + Group + "(?::" + Group + "){0,1})?"
        + "|" + Group + "(?::" + Group + "){5}::(?:" + Group + ")?"
        + "|" + Group + "(?::" + Group + "){6}::)";

    private const string PathCharacter = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
    private const string Uri =
        "[A-Za-z][A-Za-z0-9+.-]*:(?://(?:[A-Za-z0-9._~-]+@)?[A-Za-z0-9._~-]+(?::[0-9]{1,5})?(?:/" + PathCharacter + "*)*|/?" + PathCharacter + "+(?:/" + PathCharacter + "*)*)"
        + "(?:\\?(?:" + PathCharacter + "|[/?])*)?(?:#(?:" + PathCharacter + "|[/?])*)?";

    /// <summary>The pattern of a format; null where it is not supported.</summary>
    public static string? PatternOf(string format) => format switch
    {
        "date" => Date,
        "time" => Time,
        "date-time" => Date + "T" + Time,
        "duration" => "P(?:" + DaySpan + "(?:" + ClockSpan + ")?|" + ClockSpan + "|[0-9]{1,9}W)",
        "email" => "[A-Za-z0-9_+-]{1,30}(?:\\.[A-Za-z0-9_+-]{1,30})?@" + Label + "(?:\\." + Label + "){1,3}",
        "hostname" => Label + "(?:\\." + Label + "){0,3}",
        "ipv4" => Address4,
        "ipv6" => Address6,
        "uuid" => "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
        "uri" => Uri,
        _ => null,
    };
}

using System.Xml;

namespace Rag.Documents;

/// <summary>Names of WordprocessingML, in its transitional and strict forms.</summary>
internal static class DocxXml
{
    private const string Transitional = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string Strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    private const string Compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006";

    public static bool IsWord(XmlReader reader) => reader.NamespaceURI is Transitional or Strict;

    public static bool IsCompatibility(XmlReader reader) => reader.NamespaceURI == Compatibility;

    public static bool IsMath(XmlReader reader) => reader.NamespaceURI.EndsWith("/math", StringComparison.Ordinal);

    /// <summary>A WordprocessingML attribute of the current element, or null.</summary>
    public static string? Attribute(XmlReader reader, string name) => reader.GetAttribute(name, Transitional) ?? reader.GetAttribute(name, Strict);

    /// <summary>Whether a property that is on by its mere presence is on.</summary>
    public static bool IsOn(XmlReader reader) => Attribute(reader, "val") is null or "1" or "true" or "on";

    /// <summary>The number in an attribute, or null.</summary>
    public static int? Number(XmlReader reader, string name) =>
        int.TryParse(Attribute(reader, name), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out int value) ? value : null;
}

using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Quantization;

/// <summary>
/// How quantised weights lie in a safetensors file. The tensor "X" of [rows, columns] is one of
/// <list type="bullet">
/// <item>I8 [rows, columns] with "X.scales" F16 [rows]: a value is its byte times the scale of its row;</item>
/// <item>U8 [rows, columns / 2] with "X.scales" F16 [rows, columns / 32]: a byte holds two values, the first in its low half; a
/// value is its half byte minus 8, times the scale of its 32 neighbours in the row.</item>
/// </list>
/// Everything else is stored as it is without quantisation.
/// </summary>
internal static class QuantizedFormat
{
    /// <summary>Values of a row that share one scale, in the four-bit form.</summary>
    public const int BlockSize = 32;

    /// <summary>What is added to a four-bit value so that it is stored without a sign.</summary>
    public const int Int4Zero = 8;

    /// <summary>The entry of the file's metadata that states the version of this layout.</summary>
    public const string VersionKey = "rag.quantization";

    /// <summary>The version that is written and read.</summary>
    public const string Version = "1";

    /// <summary>The entry of the file's metadata that says in words what was done; never read.</summary>
    public const string SchemeKey = "rag.quantization.scheme";

    /// <summary>The words for <see cref="SchemeKey"/>.</summary>
    public const string Scheme = "matrices int8, a scale per row; word embeddings int4, a scale per 32 values of a row; vectors f16";

    /// <summary>The name of the tensor that holds another's scales.</summary>
    public static string ScalesOf(string name) => name + ".scales";

    /// <summary>Refuses files of a later layout; files that state none are not of this tool, and pass.</summary>
    /// <exception cref="UnsupportedException">The version is another.</exception>
    public static void CheckVersion(SafetensorsFolder weights)
    {
        if (weights.Metadata(VersionKey) is { } version and not Version)
        {
            throw new UnsupportedException($"The weights of {weights.FolderPath} are quantised in the layout '{version}'; this program reads the layout {Version}.", weights.FolderPath);
        }
    }
}

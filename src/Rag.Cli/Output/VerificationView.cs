using System.Globalization;
using Rag.Cli.Terminal;
using Rag.Runtime.Verification;

namespace Rag.Cli.Output;

/// <summary>Shows comparisons as a table that also reads as Markdown.</summary>
internal static class VerificationView
{
    public static void Show(Screen screen, VerificationResult result)
    {
        int width = Math.Max(4, result.Cases.Max(found => SafeText.Line(found.Name).Length));
        screen.Styled("bold", $"| {"case".PadRight(width)} |     compared | difference | tokens | verdict |\n");
        screen.Out.Write($"|{new string('-', width + 2)}|-------------:|-----------:|--------|---------|\n");
        foreach (VerificationCase found in result.Cases)
        {
            string difference = found.LargestDifference is { } largest ? largest.ToString("0.0e-0", CultureInfo.InvariantCulture) : "";
            string tokens = found.SameTokens switch { true => "same", false => "differ", null => "" };
            screen.Out.Write(string.Create(
                CultureInfo.InvariantCulture, $"| {SafeText.Line(found.Name).PadRight(width)} | {found.Compared,12:N0} | {difference,10} | {tokens,-6} | {(found.Passed ? "equal" : "WRONG"),-7} |"));
            screen.Out.Write(found.Note is { } note ? $" {SafeText.Line(note)}\n" : "\n");
        }
    }
}

using System.CommandLine;
using System.Globalization;

namespace Rag.Cli.Commands;

/// <summary>Gives an option of a number its parser, so that every command refuses a wrong one with the same sentence.</summary>
internal static class NumberOption
{
    /// <summary>Takes whole numbers within bounds.</summary>
    public static Option<int?> Bounded(this Option<int?> option, int least, int most = int.MaxValue) => option.Parsed(
        string.Create(CultureInfo.InvariantCulture, $"a number from {least}{(most == int.MaxValue ? "" : $" to {most}")}"),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value : null);

    /// <summary>Takes what a parser takes.</summary>
    /// <param name="option">The option.</param>
    /// <param name="range">What the parser takes, in words.</param>
    /// <param name="parse">The value, or null for a text that is none.</param>
    public static Option<T> Parsed<T>(this Option<T> option, string range, Func<string, T> parse)
    {
        option.CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            T value = parse(text);
            if (value is null)
            {
                result.AddError($"{option.Name} takes {range}, not '{text}'.");
            }

            return value;
        };
        return option;
    }
}

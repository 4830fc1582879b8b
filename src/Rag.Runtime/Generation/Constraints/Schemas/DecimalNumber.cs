using System.Globalization;

namespace Rag.Runtime.Generation.Constraints.Schemas;

/// <summary>A number of JSON, exactly: its digits before and after the point, without zeros that say nothing.</summary>
internal sealed record DecimalNumber(bool IsNegative, string Whole, string Fraction)
{
    private const int MaxExponent = 400;

    public bool IsZero => Whole == "0" && Fraction.Length == 0;

    /// <summary>Reads the text of a number of JSON.</summary>
    /// <exception cref="UnsupportedException">Its exponent is beyond what a double holds.</exception>
    public static DecimalNumber Parse(string text)
    {
        int exponentAt = text.IndexOfAny(['e', 'E']);
        string mantissa = exponentAt < 0 ? text : text[..exponentAt];
        int exponent = 0;
        if (exponentAt >= 0 && (!int.TryParse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxExponent))
        {
            throw new UnsupportedException($"The number {text} of the JSON schema is beyond what is supported; write it without so large an exponent.");
        }

        bool negative = mantissa[0] == '-';
        string[] sides = mantissa[(negative ? 1 : 0)..].Split('.');
        string whole = sides[0];
        string fraction = sides.Length > 1 ? sides[1] : "";
        if (exponent > 0)
        {
            fraction = fraction.PadRight(exponent, '0');
            (whole, fraction) = (whole + fraction[..exponent], fraction[exponent..]);
        }
        else if (exponent < 0)
        {
            whole = whole.PadLeft(-exponent + 1, '0');
            (whole, fraction) = (whole[..^-exponent], whole[^-exponent..] + fraction);
        }

        whole = whole.TrimStart('0');
        DecimalNumber number = new(negative, whole.Length == 0 ? "0" : whole, fraction.TrimEnd('0'));
        return number.IsZero ? number with { IsNegative = false } : number;
    }
}

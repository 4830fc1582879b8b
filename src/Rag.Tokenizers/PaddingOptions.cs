namespace Rag.Tokenizers;

/// <summary>How encodings are filled up to one length. The defaults are those of the reference implementation.</summary>
public sealed class PaddingOptions
{
    /// <summary>The length to fill up to; null for that of the longest encoding of the batch. Longer encodings stay as they are.</summary>
    public int? Length { get; init; }

    /// <summary>The length is rounded up to a multiple of this number; null for none.</summary>
    public int? MultipleOf { get; init; }

    /// <summary>Where tokens are added. Default the end.</summary>
    public TextSide Side { get; init; } = TextSide.End;

    /// <summary>The id that is added. Default 0.</summary>
    public int Id { get; init; }

    /// <summary>The segment number of what is added. Default 0.</summary>
    public int TypeId { get; init; }

    /// <summary>The spelling of what is added. Default "[PAD]".</summary>
    public string Token { get; init; } = "[PAD]";

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">When <see cref="Length"/> is negative or above 2²⁴, or <see cref="MultipleOf"/> is not in 1 to 2²⁴.</exception>
    public void Validate()
    {
        const int Largest = 1 << 24;
        if (Length is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(Length));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Largest, nameof(Length));
        }

        if (MultipleOf is { } multiple)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multiple, nameof(MultipleOf));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(multiple, Largest, nameof(MultipleOf));
        }

        ArgumentNullException.ThrowIfNull(Token);
    }

    /// <summary>The length that encodings of which the longest has <paramref name="longest"/> tokens are filled up to.</summary>
    internal int Target(int longest)
    {
        int target = Length ?? longest;
        return MultipleOf is { } multiple && target % multiple > 0 ? checked(target + multiple - (target % multiple)) : target;
    }
}

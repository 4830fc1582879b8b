namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>
/// A regular language over bytes, and at the same time a state: what is left of a text. Its derivative by a byte (Brzozowski,
/// "Derivatives of Regular Expressions", 1964) is the next state, built when first met. Made by <see cref="ByteLanguages"/>
/// alone, where equal structure is one object.
/// </summary>
internal sealed class ByteLanguage : ConstraintState
{
    private byte[]? _classes;
    private ByteLanguage?[] _next = [];

    internal ByteLanguage(ByteLanguages owner, int id, LanguageKind kind)
    {
        Owner = owner;
        Id = id;
        Kind = kind;
    }

    public ByteLanguages Owner { get; }

    public int Id { get; }

    public LanguageKind Kind { get; }

    /// <summary>The languages it is made of; of a switch those behind each range.</summary>
    public ByteLanguage[] Parts { get; init; } = [];

    /// <summary>First and last byte of each range of a switch, ascending.</summary>
    public byte[] Ranges { get; init; } = [];

    /// <summary>The fewest times of a repetition; the state of an automaton.</summary>
    public int Min { get; init; }

    /// <summary>The most times of a repetition; -1 for no limit.</summary>
    public int Max { get; init; }

    public IByteAutomaton? Automaton { get; init; }

    /// <summary>Whether it has the empty text.</summary>
    public bool Nullable { get; init; }

    /// <summary>Whether an intersection, a complement or an automaton is within, so that it may be empty without looking so.</summary>
    public bool MayBeDead { get; init; }

    /// <summary>Where the derivative changes.</summary>
    public ByteBoundaries Boundaries { get; init; }

    /// <summary>Whether it has a text at all; null until it is known.</summary>
    public bool? IsLive { get; set; }

    public override bool CanEnd => Nullable;

    public override ByteLanguage? Leaf => this;

    /// <inheritdoc/>
    public override ConstraintState? Next(byte value) => Step(value) is { Kind: not LanguageKind.Empty } next ? next : null;

    /// <summary>The derivative; the empty language where it has no text.</summary>
    public ByteLanguage Step(byte value)
    {
        ByteLanguage next = Derivative(value);
        return Liveness.IsLive(next) ? next : Owner.Empty;
    }

    /// <summary>The derivative, which may be empty without looking so.</summary>
    public ByteLanguage Derivative(byte value)
    {
        _classes ??= Classes();
        ref ByteLanguage? next = ref _next[_classes[value]];
        return next ??= Owner.Derive(this, value);
    }

    /// <summary>One byte of each kind that the derivative tells apart.</summary>
    public IEnumerable<byte> Representatives()
    {
        for (int value = 0; value < 256; value++)
        {
            if (value == 0 || Boundaries[value])
            {
                yield return (byte)value;
            }
        }
    }

    private byte[] Classes()
    {
        byte[] classes = new byte[256];
        int last = 0;
        for (int value = 1; value < 256; value++)
        {
            last += Boundaries[value] ? 1 : 0;
            classes[value] = (byte)last;
        }

        _next = new ByteLanguage?[last + 1];
        return classes;
    }
}

namespace Rag.Runtime.Generation.Speculation;

/// <summary>Guessed tokens, each with the level of confidence that it was guessed at; see <see cref="DraftLevel"/>. Its room never grows.</summary>
internal sealed class Draft(int capacity)
{
    private readonly int[] _tokens = new int[capacity];
    private readonly int[] _levels = new int[capacity];
    private int _room;

    public int Count { get; private set; }

    public bool IsFull => Count >= _room;

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    public ReadOnlySpan<int> Levels => _levels.AsSpan(0, Count);

    /// <summary>Empties it.</summary>
    /// <param name="room">How many tokens may be guessed now.</param>
    public void Begin(int room)
    {
        Count = 0;
        _room = Math.Min(room, _tokens.Length);
    }

    /// <summary>Adds a guess; only while it is not full.</summary>
    public void Add(int token, int level)
    {
        _tokens[Count] = token;
        _levels[Count++] = level;
    }

    /// <summary>Drops the guesses beyond a number.</summary>
    public void Cut(int count) => Count = Math.Min(Count, count);
}

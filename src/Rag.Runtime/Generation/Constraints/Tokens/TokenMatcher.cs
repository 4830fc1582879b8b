namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>
/// One output under a constraint, token by token. Forking copies the list of states, rewinding cuts it: both give what a
/// fresh matcher would. Not thread-safe; matchers of one constraint may be used at the same time.
/// </summary>
internal sealed class TokenMatcher
{
    private readonly TextConstraint _constraint;
    private readonly TokenMasks _masks;
    private readonly List<ConstraintState> _states = [];

    public TokenMatcher(TextConstraint constraint, TokenMasks masks)
    {
        _constraint = constraint;
        _masks = masks;
        _states.Add(masks.Vocabulary.DropsFirstSpace ? new AfterFirstSpace(constraint.Start) : constraint.Start);
    }

    private TokenMatcher(TokenMatcher other)
    {
        _constraint = other._constraint;
        _masks = other._masks;
        _states.AddRange(other._states);
    }

    /// <summary>The tokens of the model.</summary>
    public TokenVocabulary Vocabulary => _masks.Vocabulary;

    /// <summary>Tokens taken so far.</summary>
    public int Length => _states.Count - 1;

    /// <summary>Where the output is.</summary>
    public ConstraintState State => _states[^1];

    /// <summary>Whether the output may end here.</summary>
    public bool CanEnd
    {
        get
        {
            lock (_constraint.Gate)
            {
                return _states[^1].CanEnd;
            }
        }
    }

    /// <summary>A matcher of its own at the same place.</summary>
    public TokenMatcher Fork() => new(this);

    /// <summary>Forgets the tokens beyond a length.</summary>
    public void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        _states.RemoveRange(length + 1, Length - length);
    }

    /// <summary>The tokens that may come next; those that end the output where it may end.</summary>
    public TokenMask Mask()
    {
        lock (_constraint.Gate)
        {
            return _masks.Of(_states[^1]);
        }
    }

    /// <summary>
    /// The token itself, or another one where so few tokens are left that the output could not be completed behind it. The
    /// promise holds for ends of up to <see cref="ShortestEnds.MaxLength"/> tokens, or of any length where the constraint knows them.
    /// </summary>
    /// <param name="token">A token that the mask allows.</param>
    /// <param name="left">How many tokens may be generated, this one included.</param>
    public int Settle(int token, int left)
    {
        lock (_constraint.Gate)
        {
            return _masks.Ends.Settle(_states[^1], token, left);
        }
    }

    /// <summary>Takes a token; false, and nothing changes, where it is not allowed.</summary>
    public bool TryAdvance(int token)
    {
        ReadOnlySpan<byte> bytes = _masks.Vocabulary.BytesOf(token);
        if (bytes.IsEmpty)
        {
            return false;
        }

        lock (_constraint.Gate)
        {
            ConstraintState? next = _states[^1].Next(bytes);
            if (next is not null)
            {
                _states.Add(next);
            }

            return next is not null;
        }
    }

    /// <summary>The bytes that come next whatever is chosen: as long as one byte alone goes on and the output may not end.</summary>
    /// <param name="limit">The most bytes to look ahead.</param>
    public byte[] ForcedBytes(int limit = 256)
    {
        byte[] forced = new byte[limit];
        return forced[..ForcedBytes(forced)];
    }

    /// <summary>The same, as many as there is room for.</summary>
    /// <returns>How many there are.</returns>
    public int ForcedBytes(Span<byte> forced)
    {
        int count = 0;
        lock (_constraint.Gate)
        {
            ConstraintState state = _states[^1];
            while (count < forced.Length && !state.CanEnd && Only(state, out byte value, out ConstraintState? next))
            {
                forced[count++] = value;
                state = next;
            }
        }

        return count;
    }

    private static bool Only(ConstraintState state, out byte only, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConstraintState? after)
    {
        only = 0;
        after = null;
        for (int value = 0; value < 256; value++)
        {
            if (state.Next((byte)value) is { } next)
            {
                if (after is not null)
                {
                    return false;
                }

                (only, after) = ((byte)value, next);
            }
        }

        return after is not null;
    }
}

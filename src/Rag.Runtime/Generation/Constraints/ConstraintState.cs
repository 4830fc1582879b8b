using Rag.Runtime.Generation.Constraints.Automata;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Constraints;

/// <summary>
/// Where a text stands within a constraint. Immutable, so keeping one is a fork and going back to one a rewind. States with
/// the same future are equal wherever that is cheap to see, which is what masks are cached by. Followed under the lock of
/// its <see cref="TextConstraint"/>.
/// </summary>
internal abstract class ConstraintState
{
    /// <summary>Whether the text may end here.</summary>
    public abstract bool CanEnd { get; }

    /// <summary>
    /// The one regular language that the next bytes are read with, until it may end; null where there are several ways.
    /// The state after bytes of it that do not end it depends on them through this language alone.
    /// </summary>
    public virtual ByteLanguage? Leaf => null;

    /// <summary>The state behind one more byte, or null where no text of the constraint goes on so.</summary>
    /// <exception cref="LimitExceededException">There would be more states than <see cref="ConstraintOptions.MaxStates"/>.</exception>
    public abstract ConstraintState? Next(byte value);

    /// <summary>The bytes within <see cref="Leaf"/> that lead to an end of it which is refused all the same, such as of a name that was there.</summary>
    public virtual IEnumerable<byte[]> RefusedEnds => [];

    /// <summary>Whether a byte may follow where <see cref="Leaf"/> has ended; true where only trying tells.</summary>
    public virtual bool MayFollowLeaf(byte value) => true;

    /// <summary>The state behind bytes within <see cref="Leaf"/> after which a language of it is left.</summary>
    public virtual ConstraintState? AfterLeaf(ByteLanguage language, ReadOnlySpan<byte> path) => Next(path);

    /// <summary>
    /// The bytes of a short way to an end, of which, behind each of them, the rest is the way; null where the shortest is to be searched for.
    /// Where it is known a text is completed within any budget that it fits, however long it is.
    /// </summary>
    public virtual byte[]? WayToEnd => null;

    /// <summary>Marks the tokens below a node of the trie that this state goes along with, where it knows a quicker way than to be followed node by node.</summary>
    /// <returns>False where it does not, and nothing was marked.</returns>
    public virtual bool TryMark(TokenVocabulary vocabulary, int root, Span<ulong> bits) => false;

    /// <summary>The state behind more bytes, or null.</summary>
    public ConstraintState? Next(ReadOnlySpan<byte> bytes)
    {
        ConstraintState? state = this;
        foreach (byte value in bytes)
        {
            state = state.Next(value);
            if (state is null)
            {
                return null;
            }
        }

        return state;
    }
}

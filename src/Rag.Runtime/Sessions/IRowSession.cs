using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>A session whose rows can be kept and given to another.</summary>
internal interface IRowSession : IDecoderSession, IRowSource
{
    /// <summary>Whether all of its tokens are computed: not so after computing anew was ended half way.</summary>
    bool IsWhole { get; }

    /// <summary>See <see cref="NetworkDescription.RotaryRegime"/>.</summary>
    int RegimeOf(int total);

    /// <summary>How many of its first tokens need not be computed anew where the sequence is to go on from there.</summary>
    /// <param name="length">The tokens to keep.</param>
    /// <param name="total">The length that the sequence is to have with the next call.</param>
    int Kept(int length, int total);

    /// <summary>Makes the session one of the given tokens.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="kept">Those that the session has already, by <see cref="Kept"/>.</param>
    /// <param name="regime">What the rows were computed under.</param>
    /// <param name="rows">Rows of the tokens from the first on, in pieces.</param>
    /// <param name="state">The state after the last of them; null where the network has none.</param>
    /// <exception cref="UnavailableException">There is no memory for so many.</exception>
    void Restore(ReadOnlySpan<int> tokens, int kept, int regime, IReadOnlyList<(CacheBuffer Rows, int Tokens)> rows, CacheBuffer? state);
}

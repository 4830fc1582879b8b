namespace Rag.Runtime.Sessions.Batches;

/// <summary>
/// Sessions of one <see cref="BatchKey"/> whose next tokens are computed in one step, each at its own position. Not thread-safe, and none
/// of its sessions may be used by another thread meanwhile.
/// </summary>
internal interface IDecoderBatch : IDisposable
{
    /// <summary>What its sessions have in common.</summary>
    BatchKey Key { get; }

    /// <summary>Sessions in it.</summary>
    int Count { get; }

    /// <summary>Memory of its rows, beside the sessions' own.</summary>
    long Bytes { get; }

    /// <summary>Takes a session in, by a copy of its rows.</summary>
    /// <param name="session">One that is in no batch, of this batch's key.</param>
    /// <param name="expected">Sessions that the batch is about to have, so that room for all is made at once.</param>
    /// <returns>False where there is no memory for it.</returns>
    bool TryJoin(IBatchSession session, int expected);

    /// <summary>Whether a session is in it.</summary>
    bool Contains(IBatchSession session);

    /// <summary>Says which token a session of the batch runs in the next step; every one must have one.</summary>
    void Place(IBatchSession session, int token);

    /// <summary>Appends its token to every session. Where that fails, all sessions are as they were.</summary>
    /// <exception cref="UnavailableException">There is no memory for longer rows.</exception>
    /// <exception cref="IncompatibleException">ONNX Runtime cannot run the model.</exception>
    void Run();

    /// <summary>The logits of a session after <see cref="Run"/>, valid until a session joins or leaves, or the next step.</summary>
    ReadOnlySpan<float> Logits(IBatchSession session);

    /// <summary>Gives a session what was computed of it here, and goes on without it.</summary>
    /// <exception cref="UnavailableException">There is no memory for its rows: it is out of the batch, at the length that it joined with.</exception>
    void Leave(IBatchSession session);
}

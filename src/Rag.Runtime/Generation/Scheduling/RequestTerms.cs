namespace Rag.Runtime.Generation.Scheduling;

/// <summary>On what terms a request waits and runs.</summary>
/// <param name="Model">The model's name, for errors.</param>
/// <param name="Time">Ends it at its deadline.</param>
/// <param name="Priority">Higher ones begin first.</param>
/// <param name="Timeout">The time that it has from now on; null for any.</param>
/// <param name="IsAccepted">Whether it may wait however many others do, as one of several answers to a request that was taken.</param>
internal sealed record RequestTerms(string Model, TimeProvider Time, int Priority = 0, TimeSpan? Timeout = null, bool IsAccepted = false);

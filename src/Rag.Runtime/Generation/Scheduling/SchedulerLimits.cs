namespace Rag.Runtime.Generation.Scheduling;

/// <summary>How much a scheduler does at once.</summary>
/// <param name="Model">The model's name, for errors.</param>
/// <param name="MaxRunning">Requests that have a session.</param>
/// <param name="MaxQueued">Requests that wait for one.</param>
/// <param name="PrefillTokens">Tokens of prompts in a round, and the most in one piece.</param>
/// <param name="LeastShared">The fewest answers that share a step.</param>
internal sealed record SchedulerLimits(string Model, int MaxRunning, int MaxQueued, int PrefillTokens, int LeastShared);

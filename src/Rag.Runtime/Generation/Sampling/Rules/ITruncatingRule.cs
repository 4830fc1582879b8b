namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>
/// A rule that drops tokens by their scores alone. It never looks at ids, so it may be given only those scores that other
/// rules have left, in order of their ids, and never drops all of them.
/// </summary>
internal interface ITruncatingRule : ISamplingRule;

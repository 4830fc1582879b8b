namespace Rag.Runtime.Generation.Prefixes;

/// <summary>
/// What a <see cref="LocalChatClient"/> keeps of the prompts and answers that it has seen, and what that was good for; its
/// <c>GetService</c> gives it as it is at that time.
/// </summary>
/// <param name="Bytes">Memory in use, beside the sessions' own.</param>
/// <param name="BudgetBytes">See <see cref="LocalModelOptions.PrefixCacheBytes"/>.</param>
/// <param name="Tokens">Tokens whose keys and values are kept.</param>
/// <param name="Requests">Requests that have begun.</param>
/// <param name="Hits">Those of them that reused anything, be it kept here or by a free session.</param>
/// <param name="ReusedTokens">Tokens of prompts that were not computed again.</param>
/// <param name="EvictedTokens">Tokens dropped to stay within the budget.</param>
public sealed record PrefixCacheUsage(long Bytes, long BudgetBytes, long Tokens, long Requests, long Hits, long ReusedTokens, long EvictedTokens);

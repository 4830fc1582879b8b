namespace Rag.Models.Networks;

/// <summary>The block of a layer that works on each token alone.</summary>
internal abstract record FeedForwardDescription;

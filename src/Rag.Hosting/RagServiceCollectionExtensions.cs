using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rag.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Rag to a container.</summary>
public static class RagServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="DocumentLibrary"/> as a singleton. It opens its index and models with the first call, not before, and
    /// uses an <see cref="IChatClient"/>, an <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> for text and a
    /// <see cref="TimeProvider"/> of the container where there are such.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the options; <see cref="RagOptions.Documents"/> at least.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddRag(this IServiceCollection services, Action<RagOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<RagOptions>().Configure(configure);
        services.TryAddSingleton(provider => new DocumentLibrary(
            provider.GetRequiredService<IOptions<RagOptions>>().Value,
            new RagComponents
            {
                ChatClient = provider.GetService<IChatClient>(),
                EmbeddingGenerator = provider.GetService<IEmbeddingGenerator<string, Embedding<float>>>(),
                TimeProvider = provider.GetService<TimeProvider>(),
            }));
        return services;
    }
}

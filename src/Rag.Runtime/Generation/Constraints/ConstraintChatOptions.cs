using Microsoft.Extensions.AI;

namespace Rag.Runtime.Generation.Constraints;

/// <summary>A <see cref="TextConstraint"/> as an option of a request to the local model.</summary>
public static class ConstraintChatOptions
{
    internal const string Name = "constraint";

    /// <summary>Holds the answer to a constraint. The options are changed and returned.</summary>
    /// <param name="options">The options of a request.</param>
    /// <param name="constraint">What the whole text must be.</param>
    public static ChatOptions WithConstraint(this ChatOptions options, TextConstraint constraint)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(constraint);
        options.AdditionalProperties ??= [];
        options.AdditionalProperties[Name] = constraint;
        return options;
    }

    /// <summary>The constraint of the options; null for none.</summary>
    internal static TextConstraint? GetConstraint(this ChatOptions options) =>
        options.AdditionalProperties is not { } properties || !properties.TryGetValue(Name, out object? value) || value is null ? null
        : value as TextConstraint ?? throw new ArgumentException($"The additional property \"{Name}\" is no {nameof(TextConstraint)}.", nameof(options));
}

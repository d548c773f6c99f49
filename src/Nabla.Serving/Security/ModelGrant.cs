using System.Diagnostics.CodeAnalysis;

namespace Nabla.Serving.Security;

/// <summary>What may be done with a model; each role may do what those before it may.</summary>
internal enum ModelRole
{
    /// <summary>See it, its state and its signature.</summary>
    Read,

    /// <summary>Ask it.</summary>
    Predict,

    /// <summary>Load and unload it, and change who gets which version.</summary>
    Admin,
}

/// <summary>A role with a model, or with all.</summary>
/// <param name="Role">What may be done.</param>
/// <param name="Model">The name of the model; null for all.</param>
internal readonly record struct ModelGrant(ModelRole Role, string? Model = null)
{
    private const string AllModels = "*";

    /// <summary>Whether it gives a role with a model.</summary>
    public bool Gives(ModelRole role, string model) => Role >= role && (Model is null || Model == model);

    /// <summary>As in <c>predict:digits</c>, or <c>predict</c> for all models.</summary>
    public override string ToString() => Model is null ? NameOf(Role) : $"{NameOf(Role)}:{Model}";

    /// <summary>Reads <c>ROLE</c> or <c>ROLE:MODEL</c>.</summary>
    /// <returns>The grant, or null where the text is none.</returns>
    public static ModelGrant? TryParse(string? text)
    {
        string[] parts = (text ?? "").Split(':', 2);
        foreach (ModelRole role in Enum.GetValues<ModelRole>())
        {
            if (parts[0] == NameOf(role) && parts is [_] or [_, { Length: > 0 }])
            {
                return new ModelGrant(role, parts is [_, { } model and not AllModels] ? model : null);
            }
        }

        return null;
    }

    /// <summary>Reads <c>ROLE</c> or <c>ROLE:MODEL</c>.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static ModelGrant Parse(string text) => TryParse(text)
        ?? throw new FormatException($"expected one of the roles read, predict, admin, alone or as ROLE:MODEL, got '{text}'.");

    /// <summary>Refuses a list with a text that is no role, and an empty one.</summary>
    /// <exception cref="ArgumentException">It is such a list.</exception>
    public static void RequireAll([NotNull] IReadOnlyList<string>? roles, string place)
    {
        if (roles is null or [])
        {
            throw new ArgumentException($"{place}: expected roles, got none.");
        }

        if (roles.Any(role => TryParse(role) is null))
        {
            string? wrong = roles.First(role => TryParse(role) is null);
            throw new ArgumentException($"{place}: expected one of the roles read, predict, admin, alone or as ROLE:MODEL, got '{wrong}'.");
        }
    }

    private static string NameOf(ModelRole role) => role switch
    {
        ModelRole.Read => "read",
        ModelRole.Predict => "predict",
        _ => "admin",
    };
}

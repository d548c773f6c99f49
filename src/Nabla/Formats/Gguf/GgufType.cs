using System.Globalization;

namespace Nabla.Formats.Gguf;

/// <summary>A type of elements, stored in blocks of some elements and bytes. Source: ggml's list of types.</summary>
/// <param name="Name">What llama.cpp calls it.</param>
/// <param name="BlockElements">The elements of a block.</param>
/// <param name="BlockBytes">The bytes of a block.</param>
/// <param name="Element">The same as a plain type; null when it is quantised.</param>
internal sealed record GgufType(string Name, int BlockElements, int BlockBytes, StoredType? Element = null)
{
    private static readonly Dictionary<uint, GgufType> Types = new()
    {
        [0] = Plain("F32", StoredType.Float32),
        [1] = Plain("F16", StoredType.Float16),
        [2] = new("Q4_0", 32, 2 + 16),
        [3] = new("Q4_1", 32, 4 + 16),
        [6] = new("Q5_0", 32, 2 + 4 + 16),
        [7] = new("Q5_1", 32, 4 + 4 + 16),
        [8] = new("Q8_0", 32, 2 + 32),
        [24] = Plain("I8", StoredType.Int8),
        [25] = Plain("I16", StoredType.Int16),
        [26] = Plain("I32", StoredType.Int32),
        [27] = Plain("I64", StoredType.Int64),
        [28] = Plain("F64", StoredType.Float64),
        [30] = Plain("BF16", StoredType.BFloat16),
    };

    // Types that have a name but are not read.
    private static readonly (uint Number, string Name)[] Others =
    [
        (9, "Q8_1"), (10, "Q2_K"), (11, "Q3_K"), (12, "Q4_K"), (13, "Q5_K"), (14, "Q6_K"), (15, "Q8_K"),
        (16, "IQ2_XXS"), (17, "IQ2_XS"), (18, "IQ3_XXS"), (19, "IQ1_S"), (20, "IQ4_NL"), (21, "IQ3_S"), (22, "IQ2_S"), (23, "IQ4_XS"), (29, "IQ1_M"),
        (34, "TQ1_0"), (35, "TQ2_0"),
    ];

    /// <summary>The types that are read.</summary>
    public static string Known => string.Join(", ", Types.Values.Select(type => type.Name));

    /// <summary>The type of a number; null when it is not read.</summary>
    public static GgufType? Of(uint number) => Types.GetValueOrDefault(number);

    /// <summary>What a type is called.</summary>
    public static string NameOf(uint number) =>
        Of(number)?.Name ?? Array.Find(Others, type => type.Number == number).Name ?? string.Create(CultureInfo.InvariantCulture, $"type {number}");

    private static GgufType Plain(string name, StoredType element) => new(name, 1, element.Size, element);
}

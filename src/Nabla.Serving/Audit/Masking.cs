using Microsoft.Extensions.Compliance.Classification;
using Microsoft.Extensions.Compliance.Redaction;
using Nabla.Formats;

namespace Nabla.Serving.Audit;

/// <summary>Masks what is written down by its class: what is public stays, what is personal becomes an HMAC or nothing, what is sensitive nothing.</summary>
internal sealed class Masking(IRedactorProvider redactors)
{
    private const string Taxonomy = "Nabla";

    /// <summary>What says who a person is.</summary>
    public static readonly DataClassification PersonalData = new(Taxonomy, nameof(FieldClassification.Personal));

    /// <summary>What nobody is to read.</summary>
    public static readonly DataClassification SensitiveData = new(Taxonomy, nameof(FieldClassification.Sensitive));

    /// <summary>Something personal, masked; null where nothing is left of it.</summary>
    public string? Personal(string value) => Mask(value, PersonalData);

    /// <summary>A value of a class, masked; null where nothing is left of it.</summary>
    public string? Mask(string value, FieldClassification? classification) => classification switch
    {
        FieldClassification.Public => value,
        FieldClassification.Personal => Mask(value, PersonalData),
        _ => Mask(value, SensitiveData),
    };

    private string? Mask(string value, DataClassification classification) =>
        redactors.GetRedactor(classification).Redact(value) is { Length: > 0 } masked ? masked : null;
}

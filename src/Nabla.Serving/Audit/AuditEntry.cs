using Microsoft.AspNetCore.Http;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Audit;

/// <summary>What is found out about a request while it is answered, for the audit log.</summary>
internal sealed class AuditEntry
{
    /// <summary>The model that answers.</summary>
    public string? Model { get; private set; }

    /// <summary>Its version.</summary>
    public int? Version { get; private set; }

    /// <summary>What the caller calls the request.</summary>
    public string? RequestId { get; private set; }

    /// <summary>How many rows were asked about.</summary>
    public int? Rows { get; private set; }

    /// <summary>Whether it has been counted as answered.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Why there is no answer, as programs read it; null where there is one.</summary>
    public string? Reason { get; set; }

    /// <summary>What may be written down of the inputs: texts by the names of fields, masked.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Inputs { get; private set; } = [];

    /// <summary>The entry of a request; null where none is kept.</summary>
    public static AuditEntry? Of(HttpContext context) => context.Features.Get<AuditEntry>();

    /// <summary>Notes which version was asked, and about what.</summary>
    public void Note(LoadedVersion version, string? requestId, int rows, IReadOnlyList<KeyValuePair<string, string>> inputs) =>
        (Model, Version, RequestId, Rows, Inputs) = (version.Name, version.Version, requestId, rows, inputs);

    /// <summary>Notes a model that was asked about by a message.</summary>
    public void NoteModel(string model) => Model ??= model;
}

using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Serving.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public void What_a_file_does_not_say_is_as_usual_and_of_a_model_as_of_all()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("serve.json", """
            {
              "watch": true,
              "requestTimeout": "00:00:05",
              "defaults": { "maxBatch": 32, "queueLimit": 100 },
              "perModel": { "digits": { "maxDelay": "00:00:00.002", "versions": "All", "traffic": { "stable": 1, "canary": 2, "canaryShare": 0.1 } } }
            }
            """);
        ServingOptions options = ServingConfiguration.Read(path);
        ServingOptions usual = new();
        Assert.Equal((true, TimeSpan.FromSeconds(5), usual.MaxRequestBytes, usual.DrainTimeout), (options.Watch, options.RequestTimeout, options.MaxRequestBytes, options.DrainTimeout));
        Assert.Equal(new ModelOptions { MaxBatch = 32, QueueLimit = 100 }, options.Of("other"));
        Assert.Equal(
            new ModelOptions
            {
                MaxBatch = 32,
                QueueLimit = 100,
                MaxDelay = TimeSpan.FromMilliseconds(2),
                Versions = VersionPolicy.All,
                Traffic = new TrafficRules { Stable = 1, Canary = 2, CanaryShare = 0.1 },
            },
            options.Of("digits"));
        Assert.Equal(usual.Defaults, ServingConfiguration.Read(null).Defaults);
    }

    [Fact]
    public void Security_is_as_the_file_says_and_else_as_usual()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("serve.json", """
            {
              "security": {
                "keys": "keys.json",
                "rateLimit": { "requests": 5 },
                "jwt": { "authority": "https://login.example.org", "audience": "nabla", "roles": { "team": ["admin:digits"] } },
                "clientCertificates": { "rules": [{ "subject": "CN=robot", "roles": ["read"] }] }
              },
              "audit": { "path": "audit.jsonl" },
              "verificationKeys": ["public.pem"]
            }
            """);
        ServingOptions options = ServingConfiguration.Read(path);
        Assert.Equal(("keys.json", new RateLimit(5), false), (options.Security.Keys, options.Security.RateLimit, options.Security.Insecure));
        Assert.Equal(TimeSpan.FromSeconds(1), options.Security.RateLimit!.Window);
        Assert.Equal("admin:digits", Assert.Single(options.Security.Jwt!.GrantsOf(["team", "admin"])).ToString());
        Assert.Equal(("CN=robot", "read"), (options.Security.ClientCertificates!.Rules[0].Subject, options.Security.ClientCertificates.Rules[0].Roles[0]));
        Assert.Equal(("audit.jsonl", 8), (options.Audit!.Path, options.Audit.OlderFiles));
        Assert.Equal("public.pem", Assert.Single(options.VerificationKeys));
        Assert.Equal(new SecurityOptions(), ServingConfiguration.Read(null).Security);
    }

    [Fact]
    public void Limits_are_as_the_file_says_and_else_as_usual()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("serve.json", """
            {
              "maxBytesInFlight": 100000000,
              "maxConnections": 50,
              "pictures": { "maxPixels": 1000000, "atOnce": 1 },
              "defaults": { "maxRows": 1000 },
              "perModel": { "digits": { "maxRows": null } }
            }
            """);
        ServingOptions options = ServingConfiguration.Read(path);
        Assert.Equal((100_000_000, 50), (options.BytesInFlight, options.MaxConnections));
        Assert.Equal(new PictureOptions { MaxPixels = 1_000_000, AtOnce = 1 }, options.Pictures);
        Assert.Equal((1000, (int?)null), (options.Of("flowers").MaxRows, options.Of("digits").MaxRows));
        ServingOptions usual = ServingConfiguration.Read(null);
        Assert.Equal((512L << 20, (int?)null, new PictureOptions(), (int?)null), (usual.BytesInFlight, usual.MaxConnections, usual.Pictures, usual.Defaults.MaxRows));
    }

    [Fact]
    public void All_requests_together_have_room_for_the_largest_one()
    {
        using TemporaryFolder folder = new();
        ServingOptions options = ServingConfiguration.Read(folder.Write("serve.json", """{"maxRequestBytes": 600000000}""")).Validated();
        Assert.Equal(600_000_000, options.BytesInFlight);
    }

    [Theory]
    [InlineData("""{"maxBytesInFlight": 1000}""", "maxBytesInFlight: expected at least maxRequestBytes, 67108864, got 1000.")]
    [InlineData("""{"maxRequestBytes": 600000000, "maxBytesInFlight": 536870912}""", "maxBytesInFlight: expected at least maxRequestBytes, 600000000, got 536870912.")]
    [InlineData("""{"maxConnections": 0}""", "maxConnections: expected more than 0, or none, got 0.")]
    [InlineData("""{"maxRequestBytes": -5}""", "maxRequestBytes: expected more than 0, got -5.")]
    [InlineData("""{"requestTimeout": "-00:00:01"}""", "requestTimeout: expected more than 0 and at most a day, got -00:00:01.")]
    [InlineData("""{"audit": {"path": "/proc/none/audit.jsonl"}}""", "audit.path: expected a file that can be written, got '/proc/none/audit.jsonl': ")]
    [InlineData("""{"pictures": {"maxPixels": 0}}""", "pictures: expected maxPixels from 1 to 100000000, got 0")]
    [InlineData("""{"pictures": {"maxPixels": 100000001}}""", "pictures: expected maxPixels from 1 to 100000000, got 100000001")]
    [InlineData("""{"pictures": {"atOnce": 0}}""", "pictures: expected atOnce from 1, got 0")]
    [InlineData("""{"pictures": {"queueLimit": -1}}""", "pictures: expected queueLimit from 0, got -1")]
    [InlineData("""{"defaults": {"maxRows": 0}}""", "defaults: expected maxRows from 1, or none, got 0")]
    public void Limits_that_make_no_sense_are_refused(string json, string message)
    {
        using TemporaryFolder folder = new();
        ServingOptions options = ServingConfiguration.Read(folder.Write("serve.json", json));
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => options.Validated()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"watched": true}""", "expected one of models, name, defaults, ")]
    [InlineData("""{"watched": true}""", " as a field, got 'watched'")]
    [InlineData("""{"watch": "yes"}""", "serve.json: watch: expected true or false, got \"yes\"")]
    [InlineData("""{"watch": null}""", "watch: expected true or false, got null")]
    [InlineData("""{"defaults": 5}""", "defaults: expected an object, got 5")]
    [InlineData("""{"defaults": {"maxBatch": "many"}}""", "defaults.maxBatch: expected a whole number up to 2147483647, got \"many\"")]
    [InlineData("""{"defaults": {"versions": "Some"}}""", "defaults.versions: expected one of Latest, All, got \"Some\"")]
    [InlineData("""{"requestTimeout": 30}""", "requestTimeout: expected a time such as \"00:00:30\", got 30")]
    [InlineData("""{"maxBytesInFlight": "much"}""", "maxBytesInFlight: expected a whole number, got \"much\"")]
    [InlineData("""{"verificationKeys": "key.pem"}""", "verificationKeys: expected a list, got \"key.pem\"")]
    [InlineData("""{"verificationKeys": [5]}""", "$.verificationKeys[0]")]
    [InlineData("""{"security": {"rateLimit": {"requests": "all"}}}""", "security.rateLimit.requests: expected a whole number up to 2147483647, got \"all\"")]
    [InlineData("""{"perModel": []}""", "perModel: expected an object, got []")]
    [InlineData("""{"perModel": {"digits": {"size": 1}}}""", " as a field, got 'perModel.digits.size'")]
    [InlineData("""{"watch": true, "watch": false}""", "watch")]
    [InlineData("", "got 0 bytes")]
    [InlineData("""{"security": {"key": "keys.json"}}""", "key")]
    [InlineData("""{"security": 5}""", "security")]
    [InlineData("""{"audit": {"path": 5}}""", "path")]
    [InlineData("""{"pictures": {"size": 5}}""", "size")]
    [InlineData("""{"pictures": 5}""", "pictures")]
    [InlineData("[]", "a JSON object")]
    [InlineData("{\n\"watch\": }", "line 2")]
    public void A_field_that_is_wrong_is_named(string json, string part)
    {
        using TemporaryFolder folder = new();
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ServingConfiguration.Read(folder.Write("serve.json", json)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_said()
    {
        using TemporaryFolder folder = new();
        string path = folder.ToString();
        Assert.Equal($"{path}: expected a file, got a folder.", Assert.Throws<IOException>(() => ServingConfiguration.Read(path)).Message);
        ServingOptions options = new() { Audit = new AuditOptions { HmacKeyFile = path } };
        Assert.Equal($"{path}: expected a file, got a folder.", Assert.Throws<IOException>(() => options.Validated()).Message);
    }
}

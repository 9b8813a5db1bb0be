using System.Text.Json;
using ConnectorPlatform.Host.Forms;
using ConnectorPlatform.Host.Forms.Validation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ConnectorPlatform.Tests.Forms;

/// <summary>Documents are validated together: the library allows a process 1,000 validations an hour.</summary>
public sealed class ValidationTests
{
    private const string Everything = """
        "required": ["name"],
        "properties": {
          "name": { "type": "string", "title": "Name", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$" },
          "count": { "type": "integer", "title": "Count", "minimum": 1, "maximum": 9, "not": { "const": 5 } },
          "mark": { "type": "string", "title": "Mark", "maxLength": 1 },
          "ratio": { "type": "number", "title": "Ratio", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
          "size": { "type": "string", "title": "Size", "oneOf": [{ "const": "s", "title": "Small" }, { "const": "l", "title": "Large" }] },
          "day": { "type": "string", "title": "Day", "format": "date" },
          "tags": { "type": "array", "title": "Tags", "items": { "type": "string", "minLength": 2 }, "minItems": 1, "maxItems": 2, "uniqueItems": true },
          "flag": { "type": "boolean", "title": "Flag", "x-messages": { "type": "Say yes or no." } }
        },
        "allOf": [{
          "if": { "required": ["flag"], "properties": { "flag": { "const": true } } },
          "then": { "required": ["extra"], "properties": { "extra": { "type": "string", "title": "Extra Thing" }, "count": { "maximum": 3 } } }
        }]
        """;

    [Fact]
    public void Every_error_has_the_fields_place_its_keyword_and_the_users_words()
    {
        (string Data, FormError[] Errors)[] cases =
        [
            ("""{"name":"abc"}""", []),
            ("""{"name":"abc","count":1.0}""", []),
            ("{}", [new("/name", "required", "Name is required.")]),
            ("""{"name":"a"}""", [new("/name", "minLength", "Name must have at least 2 characters.")]),
            ("""{"name":"abcde"}""", [new("/name", "maxLength", "Name must have at most 4 characters.")]),
            ("""{"name":"ABC"}""", [new("/name", "pattern", "Name does not have the expected form.")]),
            ("""{"name":"abc","mark":"e\u0301"}""", [new("/mark", "maxLength", "Mark must have at most 1 character.")]),
            ("""{"name":"abc","mark":"\ud83d\ude00"}""", []),
            ("""{"name":"abc\n"}""", [new("/name", "pattern", "Name does not have the expected form.")]),
            ("""{"name":"abc","count":"7"}""", [new("/count", "type", "Count must be a whole number.")]),
            ("""{"name":"abc","count":0}""", [new("/count", "minimum", "Count must be at least 1.")]),
            ("""{"name":"abc","count":10}""", [new("/count", "maximum", "Count must be at most 9.")]),
            ("""{"name":"abc","count":5}""", [new("/count", "not", "Count must not be 5.")]),
            ("""{"name":"abc","ratio":0}""", [new("/ratio", "exclusiveMinimum", "Ratio must be more than 0.")]),
            ("""{"name":"abc","ratio":1}""", [new("/ratio", "exclusiveMaximum", "Ratio must be less than 1.")]),
            ("""{"name":"abc","size":"m"}""", [new("/size", "enum", "Size must be one of: Small, Large.")]),
            ("""{"name":"abc","day":"2024-02-30"}""", [new("/day", "format", "Day must be a date such as 2024-05-31.")]),
            ("""{"name":"abc","tags":[]}""", [new("/tags", "minItems", "Tags must have at least 1 entry.")]),
            ("""{"name":"abc","tags":["aa","aa","x"]}""",
                [
                    new("/tags", "maxItems", "Tags must have at most 2 entries."), new("/tags", "uniqueItems", "Tags must not have the same entry twice."),
                    new("/tags/2", "minLength", "Entry 3 of Tags must have at least 2 characters."),
                ]),
            ("""{"name":"abc","flag":"yes"}""", [new("/flag", "type", "Say yes or no.")]),
            ("""{"name":"abc","flag":true,"count":4}""", [new("/count", "maximum", "Count must be at most 3."), new("/extra", "required", "Extra Thing is required.")]),
            ("""{"name":"abc","flag":false,"count":4,"extra":5}""", []),
            ("[]", [new("", "type", "The form must be a group of fields.")]),
        ];
        var form = FormSamples.Form(Everything);

        var found = FormSamples.Validator().ValidateAll([.. cases.Select(entry => (form, form.Settle(entry.Data)))], UnknownNames.Refused);

        Assert.All(cases.Zip(found), pair => Assert.Equal(pair.First.Errors, pair.Second.OrderBy(error => error.Path).ThenBy(error => error.Keyword)));
    }

    [Fact]
    public void Nested_and_oddly_named_fields_have_pointers()
    {
        var form = FormSamples.Form("""
            "properties": {
              "a b/c'd.e": { "type": "string", "title": "Odd" },
              "list": { "type": "array", "title": "List", "items": { "type": "object", "required": ["x"], "properties": { "x": { "type": "string", "title": "X" } } } }
            }
            """);

        var errors = FormSamples.Validator().Validate(form, form.Settle("""{"a b/c'd.e":1,"list":[{"x":"1"},{}]}"""), UnknownNames.Refused);

        Assert.Equal(["/a b~1c'd.e", "/list/1/x"], errors.Select(error => error.Path).Order(StringComparer.Ordinal));
        Assert.Equal("X is required.", errors.Single(error => error.Keyword == "required").Message);
    }

    [Fact]
    public void Unknown_names_are_refused_or_dropped()
    {
        var form = FormSamples.Form(""" "properties": { "a": { "type": "string", "title": "A" } } """);
        var settled = form.Settle("""{"b":1}""");
        var validator = FormSamples.Validator();

        Assert.Equal(new FormError("/b", "unknown", "The form has no field named b: remove it or correct its name."), Assert.Single(validator.Validate(form, settled, UnknownNames.Refused)));
        Assert.Empty(validator.Validate(form, settled, UnknownNames.Dropped));
    }

    [Fact]
    public void A_secret_is_in_no_message()
    {
        var form = Form.Parse(FormSamples.Bitly("credentials"));

        var errors = FormSamples.Validator().ValidateAll([.. new[] { "hush hush", "hush", "12" }.Select(secret => (form, form.Settle(JsonSerializer.SerializeToElement(new { access_token = secret }))))], UnknownNames.Refused);

        Assert.All(errors, found => Assert.NotEmpty(found));
        Assert.DoesNotContain(errors.SelectMany(found => found), error => error.Message.Contains("hush", StringComparison.Ordinal) || error.Message.Contains("12", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_validated_once_costs_nothing()
    {
        using var quota = new ValidationQuota(TimeProvider.System, NullLogger<ValidationQuota>.Instance);
        var validator = new FormValidator(quota);
        var form = FormSamples.Form(Everything);

        for (var i = 0; i < 5; i++)
        {
            Assert.Single(validator.Validate(form, form.Settle("{}"), UnknownNames.Refused));
        }

        Assert.Equal(1, quota.Used);
    }

    [Fact]
    public void A_pattern_that_never_ends_harms_its_own_document_only()
    {
        var form = FormSamples.Form(""" "properties": { "a": { "type": "string", "title": "A", "pattern": "^(a+)+$" } } """);
        var hostile = JsonSerializer.Serialize(new { a = new string('a', 40) + "!" });

        var found = FormSamples.Validator().ValidateAll(
            [(form, form.Settle("""{"a":"b"}""")), (form, form.Settle(hostile)), (form, form.Settle("""{"a":"c"}"""))], UnknownNames.Refused);

        Assert.Equal(["pattern", "pattern", "pattern"], found.Select(errors => Assert.Single(errors).Keyword));
        Assert.Contains("too long", found[1][0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exhausted_quota_refuses_and_says_when_it_opens_again()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2024, 5, 31, 8, 0, 0, TimeSpan.Zero));
        using var quota = new ValidationQuota(time, NullLogger<ValidationQuota>.Instance, limit: 1);
        var validator = new FormValidator(quota);
        var form = FormSamples.Form(Everything);
        validator.Validate(form, form.Settle("""{"name":"aa"}"""), UnknownNames.Refused);
        time.Advance(TimeSpan.FromMinutes(15));

        var exception = Assert.Throws<ValidationQuotaException>(() => validator.Validate(form, form.Settle("""{"name":"bb"}"""), UnknownNames.Refused));

        Assert.Equal(new DateTimeOffset(2024, 5, 31, 9, 0, 0, TimeSpan.Zero), exception.OpensAgainAt);
        Assert.Contains("2024-05-31 09:00 UTC", exception.Message, StringComparison.Ordinal);
        Assert.Empty(validator.Validate(form, form.Settle("""{"name":"aa"}"""), UnknownNames.Refused));
        time.Advance(TimeSpan.FromMinutes(45));
        Assert.Empty(validator.Validate(form, form.Settle("""{"name":"bb"}"""), UnknownNames.Refused));
    }

    [Fact]
    public void The_quota_counts_any_sixty_minutes_and_warns_once_at_four_fifths()
    {
        var time = new FakeTimeProvider();
        var log = new WarningCounter();
        using var quota = new ValidationQuota(time, log, limit: 10);
        for (var i = 0; i < 10; i++)
        {
            quota.Take();
            time.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(1, log.Warnings);
        Assert.Equal((10, TimeSpan.FromMinutes(10)), (quota.Used, quota.OpensAgainAt!.Value - time.GetUtcNow()));
        Assert.Throws<ValidationQuotaException>(quota.Take);
        time.Advance(TimeSpan.FromMinutes(10));
        quota.Take();
        Assert.Equal(10, quota.Used);
    }

    [Fact]
    public void A_refusal_by_the_library_closes_the_quota_for_an_hour()
    {
        var time = new FakeTimeProvider();
        using var quota = new ValidationQuota(time, NullLogger<ValidationQuota>.Instance);

        Assert.Equal(time.GetUtcNow() + TimeSpan.FromHours(1), quota.Close().OpensAgainAt);
        Assert.Throws<ValidationQuotaException>(quota.Take);
        time.Advance(TimeSpan.FromHours(1));
        quota.Take();
    }

    [Fact]
    public void A_wrong_licence_key_is_told_by_the_name_of_its_setting()
    {
        Assert.Contains("JsonSchema:LicenseKey", Assert.Throws<InvalidOperationException>(() => SchemaLibrary.OpenQuota(TimeProvider.System, NullLogger<ValidationQuota>.Instance, "no key")).Message, StringComparison.Ordinal);
    }

    private sealed class WarningCounter : ILogger<ValidationQuota>
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Warnings += logLevel == LogLevel.Warning ? 1 : 0;
    }
}

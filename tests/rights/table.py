"""Who may do what, typed by hand: one line an address and method, one column a person, the status each must get.

Nothing here is computed from the code. The people are those of tests/world.py; the objects are those of the scene:
a patient registered by Alice to the breast board of the 3C Estuaire, for Dr Bob Kerjean of Rochebrune, and everything
that follows from it. So the file is open to Alice, Bob, Hélias, Carol, Paul (pharma) and Alan (admin3c), who work for
the 3C or for Rochebrune; Vera (vigilance), of the 3C too, sees the identity and not the file (ADR 13); it is closed to
Denis (another establishment) and Mona (metro, another 3C); Nadia (network), Aude (auditor), Ivan (it) and Stella
(stats) see no clinical data; Oscarine works in the other network.

200 the page, 204 nothing new, 302 done or sent elsewhere, 403 a colleague without the right (or the page that says
the file is closed), 404 nothing of the kind for this person, 409 too late, 422 a form that lacks something (which
proves that the right was there), 401 nobody signed in, told to a script or beside a form sent too late.

After the name: hx (asked by htmx), poll (asked by the page itself), what replaces the object of the scene, or which of
SENT is sent.
"""

PEOPLE = ["alice", "bob", "helias", "carol", "pharma", "vigilance", "admin3c", "denis", "metro", "network", "auditor"]
PEOPLE += ["it", "stats", "oscar", "anonymous"]

#                                           alice hel  pharma admin metro audit  stats  anonymous
#                                              bob car    vigil denis netw   it     oscar
TABLE = """
GET  home                                  | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET  health                                | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200

# -- meetings: the calendar and the meetings are the network's, what is said in them is not
GET  rcp:cockpit                           | 200 200 200 200 200 403 200 200 200 403 403 403 403 200 302
GET  rcp:calendar                          | 200 200 200 200 200 403 200 200 200 200 403 403 200 200 302
GET  rcp:meeting                           | 200 200 200 200 200 403 200 200 200 403 403 403 403 404 302
GET  rcp:meeting_live poll                 | 200 200 200 200 200 403 200 200 200 403 403 403 403 404 401
GET  rcp:meeting_list                      | 200 200 200 200 200 403 200 200 200 403 403 403 403 404 302
POST rcp:meeting_open                      | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
POST rcp:meeting_close                     | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
GET  rcp:room_mode                         | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 302
POST rcp:room_mode                         | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
POST rcp:my_presence                       | 404 302 302 404 404 403 404 404 404 403 403 403 403 404 401
GET  rcp:people hx                         | 200 200 200 200 200 403 200 200 200 200 403 403 403 200 401
POST rcp:presence hx                       | 200 200 403 403 403 403 200 403 403 403 403 403 403 404 401
POST rcp:presence                          | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
POST rcp:guest_add                         | 422 422 403 403 403 403 422 403 403 403 403 403 403 404 401
POST rcp:guest_remove                      | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
POST rcp:chair                             | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
POST rcp:case_place                        | 302 302 403 403 403 403 302 403 403 403 403 403 403 404 401
POST rcp:case_place hx                     | 200 200 403 403 403 403 200 403 403 403 403 403 403 404 401
GET  rcp:projection                        | 302 302 302 302 302 403 302 200 200 403 403 403 403 404 302
GET  rcp:projection_case                   | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  rcp:projection_state poll             | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 401

# -- boards: the directory is the network's, each board is changed by its own 3C and the network's administration
GET  rcp:boards                            | 200 200 200 200 200 403 200 200 200 200 403 403 200 200 302
GET  rcp:board                             | 200 200 200 200 200 403 200 200 200 200 403 403 200 404 302
GET  rcp:board_create                      | 200 403 403 403 403 403 200 403 200 200 403 403 403 200 302
POST rcp:board_create                      | 422 403 403 403 403 403 422 403 422 422 403 403 403 422 401
GET  rcp:board_change                      | 200 403 403 403 403 403 200 403 403 200 403 403 403 404 302
POST rcp:board_change                      | 422 403 403 403 403 403 422 403 403 422 403 403 403 404 401
POST rcp:member_add                        | 422 403 403 403 403 403 422 403 403 422 403 403 403 404 401
POST rcp:member_remove                     | 302 403 403 403 403 403 302 403 403 302 403 403 403 404 401
POST rcp:board_plan                        | 422 403 403 403 403 403 422 403 403 422 403 403 403 404 401
POST rcp:meeting_add                       | 422 403 403 403 403 403 422 403 403 422 403 403 403 404 401
POST rcp:meeting_cancel                    | 302 403 403 403 403 403 302 403 403 302 403 403 403 404 401

# -- registration: an identity can be registered by who may, whose file it opens; a case is moved by who sees it
GET  rcp:register                          | 200 200 200 403 403 403 200 200 200 403 403 403 403 404 302
POST rcp:register                          | 422 422 422 403 403 403 422 422 422 403 403 403 403 404 401
GET  rcp:register_meetings hx              | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 401
GET  rcp:register_chosen hx                | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 401
GET  rcp:physicians hx                     | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 401
GET  rcp:professionals hx                  | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 401
GET  rcp:postpone                          | 200 200 403 403 403 403 200 403 404 403 403 403 403 404 302
POST rcp:postpone                          | 422 422 403 403 403 403 422 403 404 403 403 403 403 404 401
GET  rcp:recipients                        | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
GET  rcp:recipients case=validated         | 302 302 302 403 403 403 302 404 404 403 403 403 403 404 302
POST rcp:recipients                        | 422 422 422 403 403 403 422 404 404 403 403 403 403 404 401
GET  rcp:cancel                            | 200 200 403 403 403 403 200 403 404 403 403 403 403 404 302
POST rcp:cancel                            | 422 422 403 403 403 403 422 403 404 403 403 403 403 404 401

# -- the sheet: filled by those who care, its decision by physicians, read only once validated
GET  rcp:case                              | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  rcp:case case=validated               | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  rcp:sheet_print                       | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  rcp:sheet_print case=validated        | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  rcp:form_print                        | 200 200 200 200 200 403 200 200 200 200 403 403 200 200 302
POST rcp:case                              | 302 302 302 302 403 403 302 404 404 403 403 403 403 404 401
POST rcp:field                             | 400 400 400 400 403 403 400 400 400 403 403 403 403 400 401
POST rcp:field sends=oms                   | 200 200 200 200 403 403 200 404 404 403 403 403 403 404 401
POST rcp:field sends=again                 | 403 200 200 403 403 403 403 404 404 403 403 403 403 404 401
POST rcp:field sends=oms case=validated    | 423 423 423 423 403 403 423 404 404 403 403 403 403 404 401
GET  rcp:since poll                        | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 401
GET  rcp:codes hx                          | 200 200 200 200 403 403 200 404 404 403 403 403 403 404 401
POST rcp:question                          | 302 302 302 302 403 403 302 404 404 403 403 403 403 404 401
POST rcp:reprise                           | 302 302 302 302 403 403 302 404 404 403 403 403 403 404 401
POST rcp:sheet_form                        | 302 302 302 302 403 403 302 404 404 403 403 403 403 404 401

# -- the conclusion: written by physicians, validated by the coordinator or the chair, a level 1 case by its requester
GET  rcp:conclusion                        | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  rcp:conclusion case=validated         | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
POST rcp:conclusion                        | 403 302 302 403 403 403 403 404 404 403 403 403 403 404 401
POST rcp:validate                          | 403 422 403 403 403 403 403 404 403 403 403 403 403 403 401
POST rcp:validate case=validated           | 403 423 403 403 403 403 403 404 403 403 403 403 403 403 401
POST rcp:submit                            | 403 403 403 403 403 403 403 404 403 403 403 403 403 403 401
POST rcp:submit case=recorded              | 403 403 422 403 403 403 403 404 403 403 403 403 403 403 401
POST rcp:countersign case=recorded         | 403 409 403 403 403 403 403 404 403 403 403 403 403 403 401
POST rcp:discuss                           | 403 302 302 403 403 403 403 404 403 403 403 403 403 403 401
POST rcp:prepare                           | 302 302 302 302 403 403 302 404 404 403 403 403 403 404 401
POST rcp:unprepare                         | 409 409 409 409 403 403 409 404 404 403 403 403 403 404 401
GET  rcp:replace case=validated            | 403 200 403 403 403 403 403 404 403 403 403 403 403 403 302
POST rcp:replace case=validated            | 403 422 403 403 403 403 403 404 403 403 403 403 403 403 401
GET  rcp:send_back                         | 403 200 403 403 403 403 403 404 403 403 403 403 403 403 302
POST rcp:send_back                         | 403 422 403 403 403 403 403 404 403 403 403 403 403 403 401

# -- patients: identities are found in the whole network, a closed file says that it is closed
GET  patients:search                       | 200 200 200 200 200 200 200 200 200 403 403 403 403 200 302
POST patients:search                       | 422 422 422 422 422 422 422 422 422 403 403 403 403 422 401
GET  patients:places hx                    | 200 200 200 200 200 200 200 200 200 403 403 403 403 200 401
GET  patients:create                       | 302 302 302 403 403 403 302 302 302 403 403 403 403 302 302
POST patients:create                       | 302 302 302 403 403 403 302 302 302 403 403 403 403 302 401
POST patients:close hx                     | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 401
GET  patients:file                         | 200 200 200 200 200 302 200 403 403 403 403 403 403 404 302
GET  patients:contact                      | 200 200 200 403 403 403 200 302 302 403 403 403 403 404 302
POST patients:contact                      | 302 302 302 403 403 403 302 302 302 403 403 403 403 404 401
GET  patients:ipp                          | 200 200 200 403 403 200 200 302 302 403 403 403 403 404 302
POST patients:ipp                          | 422 422 422 403 403 422 422 302 302 403 403 403 403 404 401
GET  patients:identity                     | 200 200 200 200 200 200 200 302 302 403 403 403 403 404 302
GET  patients:identity_document            | 200 200 200 403 403 200 200 302 302 403 403 403 403 404 302
POST patients:identity_document            | 422 422 422 403 403 422 422 302 302 403 403 403 403 404 401
GET  patients:identity_traits              | 200 200 200 403 403 200 200 302 302 403 403 403 403 404 302
POST patients:identity_traits              | 422 422 422 403 403 422 422 302 302 403 403 403 403 404 401
POST patients:identity_insi                | 302 302 302 403 403 302 302 302 302 403 403 403 403 404 401
GET  patients:identity_act                 | 200 200 200 403 403 200 200 302 302 403 403 403 403 404 302
POST patients:identity_act                 | 422 422 422 403 403 422 422 302 302 403 403 403 403 404 401
GET  patients:identity_act act=fictitious  | 403 403 403 403 403 200 403 302 302 403 403 403 403 404 302
POST patients:identity_act act=create      | 404 404 404 403 403 404 404 302 302 403 403 403 403 404 401
GET  patients:identity_death               | 200 200 200 403 403 200 200 302 302 403 403 403 403 404 302
POST patients:identity_death               | 302 302 302 403 403 302 302 302 302 403 403 403 403 404 401
GET  patients:identity_relatives           | 200 200 200 403 403 200 200 302 302 403 403 403 403 404 302
POST patients:identity_relatives           | 422 422 422 403 403 422 422 302 302 403 403 403 403 404 401
GET  patients:regimes                      | 403 403 403 403 403 403 403 403 403 200 403 200 403 403 302
POST patients:regimes                      | 403 403 403 403 403 403 403 403 403 422 403 422 403 403 401
GET  patients:glass                        | 403 302 302 403 403 403 403 200 403 403 403 403 403 403 302
POST patients:glass                        | 403 302 302 403 403 403 403 422 403 403 403 403 403 403 401
GET  patients:inform                       | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
POST patients:inform                       | 422 422 422 403 403 403 422 404 404 403 403 403 403 404 401
GET  patients:leaflet                      | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:wish                         | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
POST patients:wish                         | 422 422 422 403 403 403 422 404 404 403 403 403 403 404 401
GET  patients:requests                     | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 302
GET  patients:requests_of                  | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
POST patients:requests_of                  | 422 422 422 403 403 403 422 404 404 403 403 403 403 404 401
POST patients:answer                       | 422 422 422 403 403 403 422 404 404 403 403 403 403 404 401
GET  patients:export                       | 404 404 404 403 403 403 404 404 404 403 403 403 403 404 302
POST patients:export                       | 302 302 302 403 403 403 302 404 404 403 403 403 403 404 401
GET  patients:export_state poll            | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 401
GET  patients:retention                    | 403 200 403 403 403 403 200 403 403 403 403 403 403 403 302
POST patients:retention                    | 403 422 403 403 403 403 422 403 403 403 403 403 403 403 401
GET  patients:share                        | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
POST patients:share                        | 422 422 422 403 403 403 422 404 404 403 403 403 403 404 401
GET  patients:receivers hx                 | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 401
POST patients:unshare                      | 302 302 302 403 403 403 302 404 404 403 403 403 403 404 401
GET  patients:accesses_print               | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:document kind=pdf            | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:document kind=cda            | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:received document=received   | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:received_content document=received | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:received_page document=fax   | 200 200 200 200 200 403 200 404 404 403 403 403 403 404 302
GET  patients:document_add                 | 200 200 200 200 403 403 200 302 302 403 403 403 403 404 302
POST patients:document_add                 | 422 422 422 422 403 403 422 302 302 403 403 403 403 404 401
GET  patients:document_describe            | 200 200 200 200 403 403 200 302 302 403 403 403 403 404 302
POST patients:document_describe            | 422 422 422 422 403 403 422 302 302 403 403 403 403 404 401
GET  patients:document_edit document=received | 200 200 200 200 403 403 200 404 404 403 403 403 403 404 302
POST patients:document_edit document=received | 422 422 422 422 403 403 422 404 404 403 403 403 403 404 401
GET  patients:document_withdraw document=received | 200 200 200 200 403 403 200 404 404 403 403 403 403 404 302
POST patients:document_withdraw document=received | 422 422 422 422 403 403 422 404 404 403 403 403 403 404 401
POST rcp:attach                            | 302 302 302 302 403 403 302 404 404 403 403 403 403 404 401

# -- doubles: reported by whoever sees the file, judged by the identity-vigilance cell alone
GET  patients:double_report            | 200 200 200 200 200 200 200 404 404 403 403 403 403 404 302
POST patients:double_report            | 422 422 422 422 422 422 422 404 404 403 403 403 403 404 401
GET  patients:doubles                  | 403 403 403 403 403 200 403 403 403 403 403 403 403 403 302
GET  patients:doubles_indicators       | 403 403 403 403 403 200 403 403 403 403 403 403 403 403 302
GET  patients:double                   | 403 403 403 403 403 200 403 403 403 403 403 403 403 403 302
POST patients:double                   | 403 403 403 403 403 422 403 403 403 403 403 403 403 403 401
POST patients:double_allocate          | 403 403 403 403 403 302 403 403 403 403 403 403 403 403 401
GET  patients:feed_matters             | 403 403 403 403 403 200 403 403 403 403 403 403 403 403 302
GET  patients:feed_matter              | 403 403 403 403 403 200 403 403 403 403 403 403 403 403 302
POST patients:feed_matter              | 403 403 403 403 403 422 403 403 403 403 403 403 403 403 401
GET  patients:feed_merge               | 403 403 403 403 403 200 403 403 403 403 403 403 403 403 302
POST patients:feed_merge               | 403 403 403 403 403 422 403 403 403 403 403 403 403 403 401

# -- deliveries: each 3C repairs its own
GET  messaging:deliveries                  | 200 200 200 403 403 403 200 200 200 403 403 403 403 200 302
GET  messaging:delivery                    | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
POST messaging:repair                      | 422 403 403 403 403 403 422 403 404 403 403 403 403 404 401
POST messaging:cancel                      | 422 403 403 403 403 403 422 403 404 403 403 403 403 404 401
POST messaging:resend                      | 302 403 403 403 403 403 302 403 404 403 403 403 403 404 401
POST messaging:retry                       | 302 403 403 403 403 403 302 403 302 403 403 403 403 302 401
GET  messaging:letters                     | 200 403 403 403 403 403 200 403 200 403 403 403 403 200 302
POST messaging:letters_pdf                 | 302 403 403 403 403 403 302 403 302 403 403 403 403 302 401
POST messaging:letters_printed             | 302 403 403 403 403 403 302 403 302 403 403 403 403 302 401
POST messaging:letter_address delivery=letter | 422 403 403 403 403 403 422 403 404 403 403 403 403 404 401
GET  messaging:message kind=mail           | 200 200 200 403 403 403 200 404 404 403 403 403 403 404 302
GET  messaging:feeds                       | 403 403 403 403 403 403 403 403 403 200 403 200 403 403 302
GET  messaging:feed                        | 403 403 403 403 403 403 403 403 403 200 403 200 403 403 302
GET  messaging:feed organisation=dunes     | 403 403 403 403 403 403 403 403 403 200 403 404 403 403 302
POST messaging:feed                        | 403 403 403 403 403 403 403 403 403 422 403 422 403 403 401
POST messaging:try_feed                    | 403 403 403 403 403 403 403 403 403 200 403 200 403 403 401
POST messaging:try_feed organisation=dunes | 403 403 403 403 403 403 403 403 403 404 403 404 403 403 401

# -- one's own account
GET  accounts:choose_membership            | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST accounts:choose_membership            | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 401
GET  accounts:terms                        | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:terms                        | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 401
GET  accounts:unlock                       | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST accounts:unlock                       | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 401
GET  accounts:enrolment                    | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:enrolment                    | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 401
POST accounts:stay poll                    | 204 204 204 204 204 204 204 204 204 204 204 204 204 204 401
POST accounts:preferences hx               | 204 204 204 204 204 204 204 204 204 204 204 204 204 204 401
POST accounts:preferences                  | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 401
POST accounts:end_session                  | 302 404 404 404 404 404 404 404 404 404 404 404 404 404 401
GET  accounts:profile                      | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 302
POST accounts:profile                      | 302 302 302 302 302 302 302 302 302 302 302 302 302 302 401

# -- users and organisations: administrators, within their reach
GET  accounts:users                        | 403 403 403 403 403 403 200 403 403 200 200 403 403 403 302
GET  accounts:create                       | 403 403 403 403 403 403 200 403 403 200 403 403 403 403 302
POST accounts:create                       | 403 403 403 403 403 403 422 403 403 422 403 403 403 403 401
GET  accounts:attach                       | 403 403 403 403 403 403 404 403 403 404 403 403 403 403 302
POST accounts:attach                       | 403 403 403 403 403 403 404 403 403 404 403 403 403 403 401
GET  accounts:user                         | 403 403 403 403 403 403 200 403 403 200 200 403 403 403 302
GET  accounts:user user=oumarou            | 403 403 403 403 403 403 404 403 403 200 200 403 403 403 302
GET  accounts:user user=oscar              | 403 403 403 403 403 403 404 403 403 404 404 403 403 403 302
GET  accounts:edit                         | 403 403 403 403 403 403 200 403 403 200 403 403 403 403 302
POST accounts:edit                         | 403 403 403 403 403 403 422 403 403 422 403 403 403 403 401
GET  accounts:grant                        | 403 403 403 403 403 403 200 403 403 200 403 403 403 403 302
POST accounts:grant                        | 403 403 403 403 403 403 422 403 403 422 403 403 403 403 401
POST accounts:grant user=oumarou           | 403 403 403 403 403 403 404 403 403 422 403 403 403 403 401
POST accounts:act                          | 403 403 403 403 403 403 302 403 403 302 403 403 403 403 401
POST accounts:act user=oumarou             | 403 403 403 403 403 403 404 403 403 302 403 403 403 403 401
POST accounts:act user=oscar               | 403 403 403 403 403 403 404 403 403 404 403 403 403 403 401
POST accounts:revoke                       | 403 403 403 403 403 403 302 403 403 302 403 403 403 403 401
POST accounts:revoke membership=oumarou    | 403 403 403 403 403 403 404 403 403 302 403 403 403 403 401
POST accounts:revoke membership=oscar      | 403 403 403 403 403 403 404 403 403 404 403 403 403 403 401
GET  organisations:tree                    | 403 403 403 403 403 403 200 403 403 200 200 403 403 403 302
GET  organisations:create                  | 403 403 403 403 403 403 403 403 403 200 403 403 403 403 302
POST organisations:create                  | 403 403 403 403 403 403 403 403 403 422 403 403 403 403 401
GET  organisations:edit                    | 403 403 403 403 403 403 403 403 403 200 403 403 403 403 302
GET  organisations:edit organisation=causses | 403 403 403 403 403 403 403 403 403 404 403 403 403 403 302
POST organisations:edit                    | 403 403 403 403 403 403 403 403 403 422 403 403 403 403 401
POST organisations:close                   | 403 403 403 403 403 403 403 403 403 302 403 403 403 403 401
POST organisations:close organisation=causses | 403 403 403 403 403 403 403 403 403 404 403 403 403 403 401
POST organisations:reopen                  | 403 403 403 403 403 403 403 403 403 302 403 403 403 403 401
GET  organisations:logo                    | 403 403 403 403 403 403 200 403 403 200 200 403 403 403 302
GET  organisations:logo organisation=dunes | 403 403 403 403 403 403 404 403 403 404 404 403 403 403 302
POST organisations:change_logo             | 403 403 403 403 403 403 403 403 403 422 403 403 403 403 401
GET  audit:events                          | 403 403 403 403 403 403 403 403 403 403 200 403 403 403 302
GET  patients:glass_reviews                | 403 403 403 403 403 403 403 403 403 403 200 403 403 403 302
GET  patients:glass_review                 | 403 403 403 403 403 403 403 403 403 403 200 403 403 403 302
POST patients:glass_review                 | 403 403 403 403 403 403 403 403 403 403 422 403 403 403 401

# -- the demonstration only: mounted where settings.DEMO is true
GET  demo:mailbox                          | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  demo:message                          | 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  demo:attachment                       | 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET  ui-gallery                            | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST ui-gallery                            | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  ui-gallery-options                    | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET  ui-gallery-room                       | 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
"""

# What a form sends; every other one is sent empty but for its token, which is enough to tell 422 from 403 and 404.
SENT: dict[str, dict[str, str]] = {
    "rcp:presence": {"presence": "present"},
    "rcp:case_place": {"place": "1"},
    "accounts:act": {"action": "deactivate"},
    "accounts:preferences": {"theme": "dark"},
    "oms": {"path": "tronc.ch.terrain/tronc.oms", "value": "0", "op_id": "5d0c3a0e-6a4e-4c53-9a57-6b1b3f0f7a10"},
    "again": {"path": "tronc.ch.decision/tronc.represent_le", "value": "10122030"}
    | {"op_id": "5d0c3a0e-6a4e-4c53-9a57-6b1b3f0f7a11"},
}
